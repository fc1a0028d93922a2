import { readFileSync } from 'node:fs'

/**
 * One command of kubectl 1.35.2 as it was recorded against a stand-in of an apiserver: its exit code is the
 * client's own.
 */
export interface LedgerCommand {
  readonly words: readonly string[]
  readonly situation?: string
  readonly exit: number | null
  /** Left out where long. */
  readonly stdout?: string
  readonly stderr?: string
}

/** One command with its name, which is unique. */
export interface Entry {
  readonly command: LedgerCommand
  readonly id: string
  /** How often the same command in the same situation has come before. */
  readonly nth: number
}

/** All commands in their order. */
export function ledger(): readonly Entry[] {
  const commands = JSON.parse(
    readFileSync(new URL('../../fixtures/e2e/ledger.json', import.meta.url), 'utf8'),
  ) as readonly LedgerCommand[]
  const seen = new Map<string, number>()
  return commands.map((command) => {
    const key = command.words.join(' ') + (command.situation === undefined ? '' : ` | ${command.situation}`)
    const nth = seen.get(key) ?? 0
    seen.set(key, nth + 1)
    return { command, id: nth === 0 ? key : `${key} (${nth + 1})`, nth }
  })
}
