import { join } from 'node:path';
import { isDigest } from '../../core/digest.js';
import type { Failure } from '../../core/failure.js';
import { failed, type Result } from '../../core/result.js';
import type { Component, Step, StepContext } from '../../core/step.js';
import type { TarballSource } from '../../recipe/schema.js';
import { writeSourceLayout, type ArchivesLayout } from '../source-layout.js';
import { fetchShape, copyInto, versionIn } from './shape.js';

/** An archive at an address, pinned by its digest. Where it comes from makes no difference to what it is. */
export function fetchTarball(component: Component, source: TarballSource): Step {
  const archive = archiveName(source.url);
  return fetchShape({
    component,
    what: archive,
    lane: 'network',
    params: { kind: 'tarball', archive, sha256: source.sha256, folder: source.folder },
    fill: (folder, context) => fill(folder, context, source),
  });
}

async function fill(folder: string, context: StepContext, source: TarballSource): Promise<Result<void, Failure>> {
  const archive = archiveName(source.url);
  const fetched = await download(context, source, archive);
  if (!fetched.ok) {
    return fetched;
  }
  const written = writeSourceLayout(folder, layout(archive, source.folder));
  return written.ok ? copyInto(fetched.value, join(folder, archive)) : written;
}

async function download(context: StepContext, source: TarballSource, name: string): Promise<Result<string, Failure>> {
  const { sha256 } = source;
  if (!isDigest(sha256)) {
    throw new Error(`the recipe's check let "${sha256}" through as a digest`);
  }
  // Loaded when it is used: a run that has nothing to do shall not pay for it.
  const { downloadFile, finishedDownload } = await import('../../system/download.js');
  const folder = context.folders.downloads;
  const here = finishedDownload(folder, sha256);
  if (context.offline && here.ok && here.value === undefined) {
    return failed({ reason: 'offline', what: name });
  }
  return downloadFile({
    name,
    urls: [source.url, ...source.mirrors],
    sha256,
    folder,
    signal: context.signal,
    onProgress: (done, total, host) =>
      context.progress({ done, ...(total === undefined ? {} : { total }), unit: 'bytes', note: host }),
  });
}

/** The last part of the address's path; its ending tells how the archive is compressed. */
function archiveName(url: string): string {
  const name = decodeURIComponent((url.split(/[?#]/)[0] ?? '').split('/').pop() ?? '');
  return /^[A-Za-z0-9][A-Za-z0-9+._~-]*$/.test(name) ? name : 'source.tar';
}

function layout(archive: string, only: string | undefined): ArchivesLayout {
  const version = versionIn(archive);
  return {
    kind: 'archives',
    ...(version === undefined ? {} : { version }),
    layers: [{ archive, strip: 1, ...(only === undefined ? {} : { only }) }],
  };
}
