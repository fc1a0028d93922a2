import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { env, stdin, stdout } from 'node:process'
import type { CompleterResult } from 'node:readline'
import { createInterface, type Interface } from 'node:readline/promises'
import { complete } from '../../course/terminal-line.js'
import { temporaryFolder } from '../../disk/temporary-folder.js'
import type { Host } from '../../host/index.js'
import type { Editor } from './screen.js'
import type { ReadLine } from './play-chapter.js'

const NO_WORDS: CompleterResult = [[], '']

/** What Tab offers, as readline wants it. A word that is whole gets a space, as in bash. */
async function completerResult(line: string, host: Host): Promise<CompleterResult> {
  const { from, words } = await complete(line, host)
  const [only = ''] = words
  const isWhole = words.length === 1 && !/[/=]$/.test(only)
  return [isWhole ? [`${only} `] : [...words], line.slice(from)]
}

/** Reads lines from a terminal, also those typed ahead; without a terminal, `read` is undefined. */
export async function withKeyboard(work: (read: ReadLine | undefined) => Promise<void>): Promise<void> {
  if (!stdin.isTTY || !stdout.isTTY) return work(undefined)
  let host: Host | undefined
  const completer = async (line: string): Promise<CompleterResult> => {
    try {
      return host === undefined ? NO_WORDS : await completerResult(line, host)
    } catch {
      return NO_WORDS
    }
  }
  const lines = createInterface({ input: stdin, output: stdout, completer })
  const typed = lines[Symbol.asyncIterator]()
  let isCancelled = false
  const cancelled = (): boolean => isCancelled
  lines.on('SIGINT', () => {
    isCancelled = true
    clearLine(lines, host)
  })
  const next = async (prompt: string): Promise<string | undefined> => {
    lines.setPrompt(prompt)
    lines.prompt()
    const { value, done } = await typed.next()
    if (done !== true) return value
    // Ctrl-D has left the cursor behind the prompt
    stdout.write('\n')
    return undefined
  }
  try {
    await work(async (on) => {
      host = on
      if (on === undefined) return next('> ')
      return readCommand(async (isFirst) => {
        isCancelled = false
        const line = await next(isFirst ? on.prompt : '> ')
        return { line, isAlone: isFirst || cancelled() }
      })
    })
  } finally {
    lines.close()
  }
}

/** As in bash: what is typed goes, and the course stays. */
function clearLine(lines: Interface, host: Host | undefined): void {
  lines.write(null, { ctrl: true, name: 'e' })
  stdout.write('^C\n')
  lines.setPrompt(host === undefined ? '> ' : host.prompt)
  lines.write(null, { ctrl: true, name: 'u' })
}

/** A line that was read; alone if nothing that was typed before belongs to it. */
interface LineRead {
  readonly line: string | undefined
  readonly isAlone: boolean
}

/** Reads a line, and those that continue it, as a shell does; undefined when there are no more lines. */
export async function readCommand(
  next: (isFirst: boolean) => Promise<LineRead>,
): Promise<string | undefined> {
  let text: string | undefined
  for (;;) {
    const { line, isAlone } = await next(text === undefined)
    if (line === undefined) return undefined
    text = text === undefined || isAlone ? line : `${text}\n${line}`
    if (!(await isUnfinished(text))) return text
  }
}

const HERE = /<<-?\s*(['"]?)(\w+)\1/g

/** Whether a shell would wait for more: an open quote, loop or here-document, or a backslash at the end. */
export async function isUnfinished(text: string): Promise<boolean> {
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(text) || /(?:\||&&)\s*$/.test(text)) return true
  const lines = text.split('\n')
  const ends = [...text.matchAll(HERE)].map(([, , word = '']) => word)
  if (ends.some((word) => !lines.slice(1).some((line) => line.trim() === word))) return true
  const { parse } = await import('just-bash')
  try {
    parse(text)
    return false
  } catch (error) {
    return error instanceof Error && error.message.includes('EOF')
  }
}

/** Opens a text in the editor that the environment names; undefined if it cannot be started. */
export const openEditor: Editor = (text, name) => {
  const [program = 'vi', ...flags] = (env['KUBE_EDITOR'] || env['EDITOR'] || 'vi').split(/\s+/)
  const folder = temporaryFolder('simcluster-edit')
  const path = join(folder.path, basename(name))
  const isRaw = stdin.isTTY && stdin.isRaw
  try {
    writeFileSync(path, text)
    if (isRaw) stdin.setRawMode(false)
    const { error, status } = spawnSync(program, [...flags, path], { stdio: 'inherit' })
    return error !== undefined || status !== 0 ? undefined : readFileSync(path, 'utf8')
  } finally {
    if (isRaw) stdin.setRawMode(true)
    folder.remove()
  }
}
