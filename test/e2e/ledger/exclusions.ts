import type { LedgerCommand } from './commands.js'

/** Commands of the ledger that are not run here, by what they need. */
const exclusions: readonly (readonly [why: string, words: RegExp | undefined, situation?: RegExp])[] = [
  ['kustomize, see docs/decisions/kubectl-kustomize.md', / -k /],
]

/** Why a command is not run here; undefined when it is. */
export function excluded({ words, situation = '' }: LedgerCommand): string | undefined {
  const line = words.join(' ')
  return exclusions.find(
    ([, command, where]) => (command?.test(line) ?? true) && (where === undefined || where.test(situation)),
  )?.[0]
}
