import type { LedgerCommand } from './commands.js'

/** Commands of the ledger that are not run here, by what they need. */
const exclusions: readonly (readonly [why: string, words: RegExp | undefined, situation?: RegExp])[] = [
  ['a server that misbehaves', undefined, /answers? (\d|404|429|500|a plain)|\b(4\d\d|5\d\d) (with|Service|twice|Expired)|etcd timeout|empty body|dropped|does not answer/],
  ['a server that misbehaves', undefined, /discovery forbidden|answers 503|ignores|without object|only legacy|ALPN|rejects|no initial|buffered|ERROR event|watch (after|each)/],
  ['a server that misbehaves', undefined, /without metadata|no uid|Content-|openapi|upgrade refused|WebSocket refused|only v4|neither|first (patch|page)|Warning header|410/],
  ['another connection than to a served cluster', undefined, /refused|not resolve|certificate|kubeconfig|KUBECONFIG|context|--(cluster|user)|base64|PEM|private key|bearer token|HTTP server|insecure|SNI|no resume/],
  ['no server: they edit a kubeconfig', /^config /],
  ['an aggregated metrics API', /^top /, /^$|metrics denied|no pods/],
  ['a second program, see kubectl.test.ts', /^(port-forward|proxy|cp) /, /^$|not running|source missing/],
  ['a webhook that denies', undefined, /webhook/],
  ['an environment variable that takes WebSocket away', undefined, /WEBSOCKETS/],
]

/** Why a command is not run here; undefined when it is. */
export function excluded({ words, situation = '' }: LedgerCommand): string | undefined {
  const line = words.join(' ')
  return exclusions.find(([, command, where]) => (command?.test(line) ?? true) && (where === undefined || where.test(situation)))?.[0]
}
