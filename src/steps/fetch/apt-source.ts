import { join } from 'node:path';
import type { Failure } from '../../core/failure.js';
import { done, failed, success, type Result } from '../../core/result.js';
import type { Component, Step, StepContext } from '../../core/step.js';
import type { AptSourcePackage } from '../../recipe/schema.js';
import { upstreamVersion } from '../../system/apt-version.js';
import { pinOutput } from '../pin.js';
import { aptFor } from '../pin/package.js';
import { readPin, type AptSourcePin } from '../pin-document.js';
import { writeSourceLayout, type ArchiveLayer, type ArchivesLayout } from '../source-layout.js';
import { bytesProgress, fetchShape, copyInto } from './shape.js';

/** A source package: upstream's archive, the distribution's `debian` folder over it, and its series of patches. */
export function fetchAptSource(component: Component, source: AptSourcePackage): Step {
  return fetchShape({
    component,
    what: `${source['apt-source']}, a source package of the distribution`,
    lane: 'network',
    params: { kind: 'apt-source', folder: source.folder },
    upstream: [pinOutput(component)],
    fill: (folder, context) => fill(folder, context, { component, source }),
  });
}

interface Asked {
  readonly component: Component;
  readonly source: AptSourcePackage;
}

async function fill(
  folder: string,
  context: StepContext,
  { component, source }: Asked,
): Promise<Result<void, Failure>> {
  const pin = readPin(context.upstream(pinOutput(component).step, 'pin'), 'apt-source');
  const layout = pin.ok ? sourcePackageLayout(pin.value, source.folder) : pin;
  if (!pin.ok || !layout.ok) {
    return layout.ok ? done : layout;
  }
  // Loaded when it is used: a run that has nothing to do shall not pay for it.
  const { fetchSource } = await import('../../system/apt-fetch.js');
  const fetched = await fetchSource(
    {
      apt: aptFor(`fetch:${component}`, context),
      downloads: context.folders.downloads,
      offline: context.offline,
      onProgress: bytesProgress(context),
    },
    pin.value,
  );
  const written = fetched.ok ? writeSourceLayout(folder, layout.value) : fetched;
  if (!fetched.ok || !written.ok) {
    return written.ok ? done : written;
  }
  const copied = pin.value.files.map((file, index) => copyInto(fetched.value[index] ?? '', join(folder, file.name)));
  return copied.find((one) => !one.ok) ?? done;
}

/**
 * How the files of a source package make a tree, dpkg-source(1), formats 3.0 (quilt) and 3.0 (native), and 1.0 without
 * a diff. Fails with `package-fetch-failed` for another format.
 */
export function sourcePackageLayout(pin: AptSourcePin, folder: string | undefined): Result<ArchivesLayout, Failure> {
  const names = pin.files.map((file) => file.name);
  const main = names.find((name) => /\.orig\.tar\.\w+$/.test(name)) ?? names.find((name) => MAIN_NATIVE.test(name));
  if (main === undefined || names.some((name) => name.endsWith('.diff.gz'))) {
    const detail = `its format ${pin.format} is not one of 3.0 (quilt), 3.0 (native)`;
    return failed({ reason: 'package-fetch-failed', package: `${pin.package} ${pin.version}`, detail });
  }
  const debian = names.find((name) => /\.debian\.tar\.\w+$/.test(name));
  const layers = [
    { archive: main, strip: 1, ...(folder === undefined ? {} : { only: folder }) },
    ...names.flatMap((name) => additionalLayer(name, folder) ?? []),
    ...(debian === undefined ? [] : [{ archive: debian, strip: 1, into: 'debian' }]),
  ];
  const series = debian === undefined ? {} : { series: 'debian/patches/series' };
  return success({ kind: 'archives', version: upstreamVersion(pin.version), layers, ...series });
}

const MAIN_NATIVE = /^(?!.*\.(?:orig(?:-[\w-]+)?|debian)\.tar\.)\S+\.tar\.\w+$/;

/** `foo_1.0.orig-lib.tar.xz` is unpacked into `lib`. Left out where that is no part of the folder that is wanted. */
function additionalLayer(name: string, folder: string | undefined): ArchiveLayer | undefined {
  const into = /\.orig-([A-Za-z0-9-]+)\.tar\.\w+$/.exec(name)?.[1];
  if (into === undefined || folder === undefined) {
    return into === undefined ? undefined : { archive: name, strip: 1, into };
  }
  if (folder === into) {
    return { archive: name, strip: 1 };
  }
  return folder.startsWith(`${into}/`) ? { archive: name, strip: 1, only: folder.slice(into.length + 1) } : undefined;
}
