import type { LedgerCommand } from './commands.js'

/** Commands of the ledger that are not run here, by what they need. */
const exclusions: readonly (readonly [why: string, words: RegExp | undefined, situation?: RegExp])[] = [
  ['a server that misbehaves', undefined, /answers? (\d|a plain)|\b[45]\d\d (with|Service|twice|Expired)|etcd timeout|empty body|dropped|not answer/],
  ['a server that misbehaves', undefined, /discovery forbidden|ignores|without object|only legacy|ALPN|rejects|no initial|buffered|ERROR event/],
  ['a server that misbehaves', undefined, /watch (after|each)|without metadata|no uid|Content-|openapi|upgrade refused|WebSocket refused|only v4/],
  ['a server that misbehaves', undefined, /neither|first (patch|page)|Warning header/],
  ['another connection than to a served cluster', undefined, /refused|not resolve|certificate|kubeconfig|KUBECONFIG|context|--(cluster|user)/],
  ['another connection than to a served cluster', undefined, /base64|PEM|private key|HTTP server|insecure|SNI/],
  ['no server: they edit a kubeconfig', /^config /],
  ['an aggregated metrics API', /^top /, /^$|metrics denied|no pods/],
  ['a second program, see kubectl.test.ts', /^(port-forward|proxy|cp) /, /^$|not running|source missing/],
  ['an environment variable that takes WebSocket away', undefined, /WEBSOCKETS/],
]

/** Credentials that the server refuses, or takes. */
const CREDENTIALS = /bearer token|expired client certificate|of another CA/

/** Why a command is not run here; undefined when it is. */
export function excluded({ words, situation = '' }: LedgerCommand): string | undefined {
  if (CREDENTIALS.test(situation)) return undefined
  const line = words.join(' ')
  return exclusions.find(([, command, where]) => (command?.test(line) ?? true) && (where === undefined || where.test(situation)))?.[0]
}
