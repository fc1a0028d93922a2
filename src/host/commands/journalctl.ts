import type { CommandCall, CommandOutput } from './command.js'
import { readOptions } from './command.js'

/** Virtual ms for which `-f` listens, since there is no Ctrl-C here. */
const FOLLOWED = 60_000

/**
 * Prints the journal: `-u unit`, `-n lines`, `-f` (for one minute of virtual time), `-r`, `-o cat`,
 * `--since`, `--no-pager`.
 */
export function journalctl({ args, machine }: CommandCall): CommandOutput {
  const options = readOptions(separated(args), [
    'u',
    'unit',
    'n',
    'lines',
    'o',
    'output',
    'S',
    'since',
    'U',
    'until',
    'p',
    'priority',
    'b',
  ])
  const unit = options.get('u', 'unit')?.replace(/\.service$/, '')
  const follows = options.has('f', 'follow')
  let lines = machine.journalLines(unit)
  const seen = lines.length
  const count = options.get('n', 'lines') ?? (follows || options.has('e') ? '10' : undefined)
  if (count !== undefined && /^\d+$/.test(count))
    lines = Number(count) === 0 ? [] : lines.slice(-Number(count))
  if (follows) {
    machine.cluster.advance(FOLLOWED)
    machine.hosts.sync()
    lines = [...lines, ...machine.journalLines(unit).slice(seen)]
  }
  if (options.get('o', 'output') === 'cat')
    lines = lines.map((line) => line.replace(/^.{15} \S+ \S+?\[\d+\]: /, ''))
  if (options.has('r', 'reverse')) lines = lines.toReversed()
  if (options.get('q', 'quiet') === undefined && lines.length === 0) return { stdout: '-- No entries --\n' }
  return { stdout: lines.map((line) => `${line}\n`).join('') }
}

/** Separates combined short options: `-fu kubelet`, `-xeu kubelet`, `-n20`. */
function separated(args: readonly string[]): readonly string[] {
  return args.flatMap((arg) => {
    const [, letters, rest] = /^-([a-zA-Z]{2,})(.*)$/s.exec(arg) ?? []
    if (letters !== undefined && /^[fexqrkau]+[nu]?$/.test(letters))
      return [
        ...letters.split('').map((letter) => `-${letter}`),
        ...(rest === undefined || rest === '' ? [] : [rest]),
      ]
    const [, number] = /^-n(\d+)$/.exec(arg) ?? []
    return number === undefined ? [arg] : ['-n', number]
  })
}
