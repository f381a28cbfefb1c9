import type { Agent as PlainAgent } from 'node:http';
import type { Agent as SecureAgent } from 'node:https';
import { environmentVariable } from './environment.js';

const VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);

/** Agents for requests by http and by https. */
export interface ProxyAgents {
  readonly http: PlainAgent;
  readonly https: SecureAgent;
}

/**
 * Agents that take the way that the environment names: `http_proxy`, `https_proxy`, `all_proxy`, but for what `no_proxy`
 * excepts, also after a redirect. `undefined` where it names none.
 */
export async function proxyAgents(): Promise<ProxyAgents | undefined> {
  const named = VARIABLES.some((name) => (environmentVariable(name) ?? '') !== '');
  if (!named) {
    return undefined;
  }
  const { ProxyAgent } = await import('proxy-agent');
  const agent = new ProxyAgent();
  // It makes the right connection for either; only its type says less.
  return { http: agent, https: agent as unknown as SecureAgent };
}

/** A text without the names and passwords in its addresses: of a proxy that cannot be used an error tells all of it. */
export function withoutLogin(text: string): string {
  return text.replaceAll(/\/\/[^/\s]*@/g, '//');
}
