import { digestBytes, type Digest } from '../../core/digest.js';
import { failed, success, type Result } from '../../core/result.js';
import { attempt, digestFile } from '../../system/files.js';
import { answerOf } from '../answers.js';
import type { Answer, Destination } from '../store.js';
import { envelopeIn, keyManifest, MANIFEST_TYPE, MOST_MANIFEST_BYTES, resultTag } from './manifests.js';
import { INDEX_TYPE, listedIn, referrersTag, type Listed } from './referrers.js';
import type { Registry, Response } from './registry.js';

/** Signers whose results are asked for one by one where the list has none of theirs. */
const MOST_ASKED_FOR = 4;

const MISSING: Answer = { kind: 'missing' };

/** Finds records in a registry: the list of a key's results, one of them, its envelope. */
export class Records {
  readonly #registry: Registry;
  /** False once the registry has shown that it does not list referrers itself. */
  #listsReferrers = true;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Tells whether anybody has left a record. */
  async has(key: Digest, signal: AbortSignal): Promise<Answer> {
    const listed = await this.#listed(key, signal);
    return listed.ok ? { kind: listed.value.length > 0 ? 'done' : 'missing' } : listed.failure;
  }

  /** Brings the newest envelope by one of the signers who count; else somebody's, so that he can be named. */
  async get(key: Digest, to: Destination, signal: AbortSignal): Promise<Answer> {
    const listed = await this.#listed(key, signal);
    if (!listed.ok || listed.value.length === 0) {
      return listed.ok ? MISSING : listed.failure;
    }
    const { signers = [] } = to;
    const fit = listed.value.find(({ signer }) => signers.includes(signer));
    const lost = fit === undefined ? await this.#lost(key, signers, signal) : success('');
    const chosen = fit ?? listed.value[0];
    const manifest = lost.ok && lost.value === '' && chosen !== undefined ? await this.#manifest(chosen, signal) : lost;
    return manifest.ok ? this.#envelope(manifest.value, to, signal) : manifest.failure;
  }

  /** Who lists what: the registry itself, or else whoever wrote, under a tag. */
  async #listed(key: Digest, signal: AbortSignal): Promise<Result<Listed[], Answer>> {
    const subject = keyManifest(key);
    if (this.#listsReferrers) {
      const response = await this.#get(`referrers/sha256:${subject.digest}`, INDEX_TYPE, signal);
      if (!response.ok) {
        return response;
      }
      const listed = response.value.status === 200 ? listedIn(response.value.text) : undefined;
      if (listed !== undefined) {
        return success(listed);
      }
      const answer = answerOf(response.value);
      if (answer.kind === 'trouble' || response.value.status === 401) {
        return failed(answer);
      }
      // A repository that nobody has written to yet says nothing of what the registry can.
      this.#listsReferrers = response.value.text.includes('NAME_UNKNOWN');
    }
    const text = await this.#text(`manifests/${referrersTag(subject)}`, INDEX_TYPE, signal);
    return text.ok ? success(listedIn(text.value) ?? []) : text;
  }

  /**
   * The manifest of a result that the list does not name: two who write a list at the same time may lose an entry, never
   * the result, which has a tag of its own. Empty where there is none.
   */
  async #lost(key: Digest, signers: readonly string[], signal: AbortSignal): Promise<Result<string, Answer>> {
    for (const signer of signers.slice(0, MOST_ASKED_FOR)) {
      const text = await this.#text(`manifests/${resultTag(key, signer)}`, MANIFEST_TYPE, signal);
      if (!text.ok || text.value !== '') {
        return text;
      }
    }
    return success('');
  }

  async #manifest({ digest }: Listed, signal: AbortSignal): Promise<Result<string, Answer>> {
    const text = await this.#text(`manifests/sha256:${digest}`, MANIFEST_TYPE, signal);
    return text.ok && text.value !== '' && digestBytes(text.value) !== digest
      ? failed({ kind: 'trouble', slow: false, detail: 'sent another manifest than it was asked for' })
      : text;
  }

  /** Brings the envelope that a manifest names. */
  async #envelope(manifest: string, to: Destination, signal: AbortSignal): Promise<Answer> {
    const named = envelopeIn(manifest);
    if (named === undefined || named.bytes > to.mostBytes) {
      return MISSING;
    }
    const { path } = to;
    const asking = { method: 'GET', action: 'pull', to: { path, mostBytes: named.bytes }, bytes: named.bytes } as const;
    const answer = await this.#registry.blob(named.digest, { ...asking, signal });
    const digest = answer.kind === 'done' ? attempt(path, () => digestFile(path)) : undefined;
    return digest !== undefined && !(digest.ok && digest.value === named.digest)
      ? { kind: 'trouble', slow: false, detail: 'sent another record than it was asked for' }
      : answer;
  }

  /** The text of a manifest; empty where there is none. */
  async #text(at: string, type: string, signal: AbortSignal): Promise<Result<string, Answer>> {
    const response = await this.#get(at, type, signal);
    if (!response.ok) {
      return response;
    }
    const answer = answerOf(response.value);
    if (answer.kind === 'done') {
      return success(response.value.text);
    }
    return answer.kind === 'missing' ? success('') : failed(answer);
  }

  #get(at: string, accept: string, signal: AbortSignal): Promise<Response> {
    const size = { mostText: MOST_MANIFEST_BYTES, bytes: MOST_MANIFEST_BYTES };
    return this.#registry.ask({ method: 'GET', at, action: 'pull', headers: { accept }, ...size, signal });
  }
}
