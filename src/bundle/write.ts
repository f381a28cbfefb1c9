import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '../core/digest.js';
import type { Failure } from '../core/failure.js';
import { byCodeUnit, type Json, type JsonObject } from '../core/json.js';
import { success, type Result } from '../core/result.js';
import type { Step } from '../core/step.js';
import type { Recipe } from '../recipe/schema.js';
import { readDistribution } from '../system/distribution.js';
import { packageFolder } from '../system/environment.js';
import { textFile, writeTarGz, type TarFile } from '../system/tar-writer.js';
import { bundleName, jsonText, PLACES, type BundleDocument } from './bundle-document.js';
import { digestsText } from './digests-file.js';
import { seal, STATEMENT_TYPE } from '../core/dsse.js';
import { bundleFingerprint, isSoftware } from './fingerprint.js';
import type { NamedKey } from '../system/keys.js';
import { measurementFiles, MEASURING_STEPS } from './measurement-part.js';
import { componentOrigins } from './origins.js';
import { packagesOf } from './packages-part.js';
import { provenanceText } from './provenance.js';
import { recipePart, type RecipePart } from './recipe-part.js';
import { replayFiles } from './replay-part.js';
import { recordFiles } from './records-part.js';
import { resultText, type Results } from './results.js';
import { sbomText } from './sbom.js';
import { asPackages, vmPart, type HypervisorWish, type VmPart } from './vm-part.js';

/** A bundle that is to be written. */
export interface BundleRequest {
  /** As it was resolved, with the paths of this machine. */
  readonly recipe: Recipe;
  readonly steps: readonly Step[];
  readonly results: Results;
  /** Without them neither the figures nor anything else that hangs on this machine goes in. */
  readonly samples: 'with' | 'without';
  readonly hypervisor: HypervisorWish;
  readonly key?: NamedKey;
  /** Absolute path of the archive, given the name that it has of itself. */
  readonly out: (name: string) => string;
  readonly signal: AbortSignal;
}

/** A bundle that was written. */
export interface WrittenBundle {
  readonly file: string;
  readonly recipe: string;
  readonly fingerprint: Digest;
  readonly files: number;
  readonly bytes: number;
  /** Of the archive. */
  readonly digest: Digest;
  /** Name of the key that signed it. */
  readonly keyId?: string;
}

/** Puts a run's results into one archive, reproducibly. Fails with `bundle-incomplete` and file failures. */
export async function writeBundle(request: BundleRequest): Promise<Result<WrittenBundle, Failure>> {
  const gathered = await gather(request);
  if (!gathered.ok) {
    return gathered;
  }
  const { document, files, recipe, steps } = gathered.value;
  const complete = await withPapers({ document, recipe, steps }, files, request.key);
  const name = bundleName(document);
  const entries = complete
    .map((file) => ({ ...file, path: `${name}/${file.path}` }))
    .sort((a, b) => byCodeUnit(a.path, b.path));
  const file = request.out(name);
  const written = await writeTarGz(file, entries);
  return written.ok
    ? success({
        ...{ file, recipe: document.recipe, fingerprint: document.fingerprint, files: entries.length },
        ...written.value,
        ...(request.key && { keyId: request.key.id }),
      })
    : written;
}

interface Gathered {
  readonly document: BundleDocument;
  /** All but what describes the bundle itself. */
  readonly files: readonly TarFile[];
  readonly recipe: Json;
  readonly steps: Readonly<Record<string, Digest>>;
}

async function gather(request: BundleRequest): Promise<Result<Gathered, Failure>> {
  const { recipe, steps, signal } = request;
  const results = request.samples === 'with' ? request.results : withoutMeasuring(request.results);
  const vm = await vmPart(recipe, results, signal);
  if (!vm.ok) {
    return vm;
  }
  const described = recipePart(recipe, steps, results);
  if (!described.ok) {
    return described;
  }
  const measured = request.samples === 'with' ? measurementFiles(results) : success([]);
  if (!measured.ok) {
    return measured;
  }
  const probe = resultText(results, { step: 'probe', output: 'probe' });
  if (!probe.ok) {
    return probe;
  }
  const others = [...described.value.files, ...recordFiles(results.steps.values()), ...measured.value];
  const probed = probe.value === undefined ? undefined : (JSON.parse(probe.value) as JsonObject);
  return assemble({ request, results, vm: vm.value, described: described.value, probed }, others);
}

function withoutMeasuring(results: Results): Results {
  const steps = new Map([...results.steps].filter(([name]) => !MEASURING_STEPS.has(name)));
  return { ...results, steps };
}

interface Parts {
  readonly request: BundleRequest;
  readonly results: Results;
  readonly vm: VmPart;
  readonly described: RecipePart;
  readonly probed: JsonObject | undefined;
}

async function assemble(parts: Parts, others: readonly TarFile[]): Promise<Result<Gathered, Failure>> {
  const { request, results, vm, described, probed } = parts;
  const packages = await packagesOf(vm.hypervisor.origins, request.signal);
  const listed = packages.map(({ name, version }) => ({ name, version }));
  const hypervisor =
    request.hypervisor === 'include' ? success(vm.hypervisor.document) : asPackages(vm.hypervisor, listed);
  if (!hypervisor.ok) {
    return hypervisor;
  }
  const files = [...vm.files, ...(request.hypervisor === 'include' ? vm.hypervisor.files : []), ...others];
  const software = Object.fromEntries(
    files.filter(({ path }) => isSoftware(path)).map(({ path, digest }) => [path, digest]),
  );
  const steps = fingerprintsOf(results);
  const { machine, points, phases, measure, name } = request.recipe;
  const { id, version } = readDistribution();
  const document: BundleDocument = {
    ...{ schemaVersion: 1, kind: 'bootlap-bundle', bootlap: ownVersion(), recipe: name },
    fingerprint: bundleFingerprint({
      ...{ recipe: described.recipe, steps, software },
      hypervisor: hypervisor.value as unknown as Json,
    }),
    vm: { hypervisor: hypervisor.value, ...vm.vm },
    stopwatch: PLACES.stopwatch,
    ...{ machine, points, phases, measure },
    ...(probed && { measured: probed }),
    distribution: { id, version },
    packages,
    executables: [...files.filter(({ executable }) => executable).map(({ path }) => path), PLACES.script].sort(
      byCodeUnit,
    ),
  };
  const replaying = replayFiles(document);
  return replaying.ok
    ? success({ document, files: [...files, ...replaying.value], recipe: described.recipe, steps })
    : replaying;
}

function fingerprintsOf({ steps }: Results): Record<string, Digest> {
  const sorted = [...steps.values()].sort((a, b) => byCodeUnit(a.step, b.step));
  return Object.fromEntries(sorted.map(({ step, fingerprint }) => [step, fingerprint]));
}

/** Adds what describes a bundle: its document, its SBOM, its provenance, its signature and its digests, in this order. */
async function withPapers(
  { document, recipe, steps }: Omit<Gathered, 'files'>,
  content: readonly TarFile[],
  key: NamedKey | undefined,
): Promise<TarFile[]> {
  const origins = componentOrigins(jsonReader(content), document.distribution);
  const software = new Map(content.filter(({ path }) => isSoftware(path)).map(({ path, digest }) => [path, digest]));
  const sbom = await sbomText({ document, origins, software });
  const files = [...content, textFile(PLACES.document, jsonText(document)), textFile(PLACES.sbom, sbom)];
  const statement = provenanceText({ document, recipe, steps, files, origins });
  files.push(textFile(PLACES.provenance, statement));
  if (key !== undefined) {
    files.push(textFile(PLACES.envelope, jsonText(seal(STATEMENT_TYPE, statement, key))));
  }
  files.push(textFile(PLACES.digests, digestsText(files)));
  return files;
}

function jsonReader(files: readonly TarFile[]): (path: string) => unknown {
  return (path) => {
    const content = files.find((file) => file.path === path)?.content;
    if (content === undefined) {
      return undefined;
    }
    return JSON.parse('text' in content ? content.text : readFileSync(content.file, 'utf8')) as unknown;
  };
}

function ownVersion(): string {
  const description = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return description.version;
}
