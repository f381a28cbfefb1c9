import type { Digest } from '../../core/digest.js';
import { failed, success, type Result } from '../../core/result.js';
import { attempt, digestFile } from '../../system/files.js';
import { answerOf } from '../answers.js';
import type { Answer, Sending } from '../store.js';
import {
  EMPTY,
  keyManifest,
  MANIFEST_TYPE,
  MOST_MANIFEST_BYTES,
  resultManifest,
  resultTag,
  type ToldResult,
} from './manifests.js';
import { INDEX_TYPE, listWith, referrersTag } from './referrers.js';
import { writeAnswer, type Registry, type Response } from './registry.js';

/** How often a list is written anew because somebody else has written it in between, where the registry notices that. */
const TRIES = 5;
const CHANGED = 412;

/** Puts records into a registry: the envelope, the key's manifest, the result's, and its place in the list. */
export class Publishing {
  readonly #registry: Registry;
  #hasEmpty = false;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Makes a record known, its last request being the one by which it is found. */
  async put(key: Digest, { path, bytes, about }: Sending, signal: AbortSignal): Promise<Answer> {
    const digest = attempt(path, () => digestFile(path));
    if (!digest.ok || about === undefined) {
      return { kind: 'refused', detail: 'takes no record of which nothing is known' };
    }
    const told: ToldResult = { key, envelope: { digest: digest.value, bytes }, about, now: new Date() };
    const steps = [
      () => this.#putEmpty(signal),
      () => this.#registry.putBlob(digest.value, { path, bytes }, signal),
      () => this.#putKey(key, signal),
      () => this.#putResult(told, signal),
    ];
    let answer: Answer = { kind: 'missing' };
    for (const step of steps) {
      answer = await step();
      if (answer.kind !== 'done') {
        break;
      }
    }
    return answer;
  }

  async #putEmpty(signal: AbortSignal): Promise<Answer> {
    if (this.#hasEmpty) {
      return { kind: 'done' };
    }
    const there = await this.#registry.blob(EMPTY.digest, { method: 'HEAD', action: 'push', signal });
    const answer = there.kind === 'missing' ? await this.#registry.putBlob(EMPTY.digest, EMPTY, signal) : there;
    this.#hasEmpty = answer.kind === 'done';
    return answer;
  }

  /** The key's manifest has a tag, because what has none is thought to be left over by some who clear registries. */
  async #putKey(key: Digest, signal: AbortSignal): Promise<Answer> {
    const headers = { accept: MANIFEST_TYPE };
    const there = await this.#registry.ask({ method: 'HEAD', at: `manifests/${key}`, action: 'push', headers, signal });
    if (!there.ok || answerOf(there.value).kind !== 'missing') {
      return there.ok ? answerOf(there.value) : there.failure;
    }
    return written(await this.#putManifest(key, { type: MANIFEST_TYPE, text: keyManifest(key).text, signal }));
  }

  async #putResult(told: ToldResult, signal: AbortSignal): Promise<Answer> {
    const manifest = resultManifest(told);
    if (manifest.bytes > MOST_MANIFEST_BYTES) {
      return { kind: 'refused', detail: 'takes no result of so many files' };
    }
    const tag = resultTag(told.key, told.about.signer);
    const put = await this.#putManifest(tag, { type: MANIFEST_TYPE, text: manifest.text, signal });
    const answer = written(put);
    // By this header it says that it lists referrers itself.
    const isListed = put.ok && put.value.headers['oci-subject'] !== undefined;
    return answer.kind !== 'done' || isListed ? answer : this.#list(told, manifest, signal);
  }

  /** Puts a result into the list of its key. Where the registry does not notice that another has written, that one's entry may go. */
  async #list(told: ToldResult, manifest: Parameters<typeof listWith>[1], signal: AbortSignal): Promise<Answer> {
    const tag = referrersTag(keyManifest(told.key));
    for (let tries = 0; tries < TRIES; tries += 1) {
      const old = await this.#oldList(tag, signal);
      if (!old.ok) {
        return old.failure;
      }
      const { text, condition } = old.value;
      const put = await this.#putManifest(tag, {
        type: INDEX_TYPE,
        text: listWith(text, manifest, told),
        headers: condition,
        signal,
      });
      if (!put.ok || put.value.status !== CHANGED) {
        return written(put);
      }
    }
    return { kind: 'trouble', slow: false, detail: 'is written to by too many at once' };
  }

  async #oldList(tag: string, signal: AbortSignal): Promise<Result<OldList, Answer>> {
    const size = { mostText: MOST_MANIFEST_BYTES, bytes: MOST_MANIFEST_BYTES };
    const headers = { accept: INDEX_TYPE };
    const at = `manifests/${tag}`;
    const response = await this.#registry.ask({ method: 'GET', at, action: 'push', headers, ...size, signal });
    if (!response.ok) {
      return response;
    }
    const { text, headers: said } = response.value;
    const answer = answerOf(response.value);
    if (answer.kind === 'done') {
      const { etag } = said;
      return success({ text, condition: etag === undefined ? {} : { 'if-match': etag } });
    }
    return answer.kind === 'missing' ? success({ condition: { 'if-none-match': '*' } }) : failed(answer);
  }

  #putManifest(
    reference: string,
    {
      type,
      text,
      headers = {},
      signal,
    }: { type: string; text: string; headers?: Record<string, string>; signal: AbortSignal },
  ): Promise<Response> {
    return this.#registry.ask({
      method: 'PUT',
      at: `manifests/${reference}`,
      action: 'push',
      headers: { ...headers, 'content-type': type },
      body: { text },
      bytes: text.length,
      signal,
    });
  }
}

interface OldList {
  readonly text?: string;
  /** Lets the registry refuse what would undo another's change, where it can. */
  readonly condition: Record<string, string>;
}

function written(response: Response): Answer {
  return response.ok ? writeAnswer(response.value) : response.failure;
}
