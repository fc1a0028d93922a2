import type { LedgerCommand } from './commands.js'

/**
 * Commands of the ledger that are not run here, by what they need. Only the last two groups are about kubectl itself: the others need a server that does
 * what no server should.
 */
const exclusions: readonly (readonly [why: string, words: RegExp | undefined, situation?: RegExp])[] = [
  ['a server that misbehaves', undefined, /answers? (\d|a plain)|\b[45]\d\d (with|Service|twice|Expired)|etcd timeout|empty body|dropped|not answer/],
  ['a server that misbehaves', undefined, /discovery forbidden|ignores|without object|only legacy|ALPN|rejects|no initial|buffered|ERROR event/],
  ['a server that misbehaves', undefined, /watch (after|each)|without metadata|no uid|Content-|openapi (v3|endpoints|at all|v2 answers)|upgrade refused|WebSocket refused|only v4/],
  ['a server that misbehaves', undefined, /no openapi|neither|first (patch|page)|Warning header/],
  ['a server with a certificate that is not as it should be', undefined, /server certificate|without CA|insecure|SNI|HTTP server/],
  ['a terminal', undefined, /no client certificate at all/],
  ['kustomize, see docs/decisions/kubectl-kustomize.md', / -k /],
  ['a second program, see kubectl.test.ts', /^(port-forward|proxy) /, /^$|not running/],
  ['tar in the container', /^cp /, /^$|source missing/],
  ['an environment variable that takes WebSocket away', undefined, /WEBSOCKETS/],
]

/** Why a command is not run here; undefined when it is. */
export function excluded({ words, situation = '' }: LedgerCommand): string | undefined {
  const line = words.join(' ')
  return exclusions.find(([, command, where]) => (command?.test(line) ?? true) && (where === undefined || where.test(situation)))?.[0]
}
