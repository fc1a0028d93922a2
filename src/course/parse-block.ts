import type { AskStep, CommandStep, CourseEvent, EventStep, FileStep, PredictStep, Step } from './chapter.js'
import { EVENTS, QUESTIONS } from './chapter.js'

/** Makes an error that names the file, a line of it, and what is wrong. */
export type Fault = (line: number, message: string) => Error

/** A fenced block: the words after the fence, its lines, and the machines that `ssh` has led to so far. */
interface Block {
  readonly words: readonly string[]
  readonly body: string
  readonly line: number
  readonly machines: readonly string[]
  readonly fault: Fault
}

interface ParsedBlock {
  readonly steps: readonly Step[]
  readonly machines: readonly string[]
}

/** Reads a fenced block: `sh`, `yaml PATH`, `event`, `ask`, `predict`. @throws Error if it is another one */
export function parseBlock(block: Block): ParsedBlock {
  const { words, machines, fault, line } = block
  if (words[0] === 'sh') return commandsOf(block)
  if (words[0] === 'event') return { steps: eachLine(block, eventOf), machines }
  if (words[0] === 'ask') return { steps: eachLine(block, askOf), machines }
  if (words[0] === 'predict') return { steps: [predictOf(block)], machines }
  if (words[0] === 'yaml' || words[0] === 'csv') return { steps: [fileOf(block)], machines }
  throw fault(line, `a block is sh, yaml, csv, event, ask or predict, not ${words[0] ?? ''}`)
}

function eachLine<S extends Step>(
  { body, line, fault }: Block,
  read: (text: string, fail: (message: string) => Error) => S,
): readonly S[] {
  return body.split('\n').map((text, at) => read(text, (message) => fault(line + 1 + at, message)))
}

function eventOf(text: string, fail: (message: string) => Error): EventStep {
  const [event = '', argument, ...more] = text.split(' ')
  if (!(EVENTS as readonly string[]).includes(event) || more.length > 0)
    throw fail(`there is no event "${text}"; there are ${EVENTS.join(', ')}`)
  return { kind: 'event', event: event as CourseEvent, ...(argument === undefined ? {} : { argument }) }
}

function askOf(text: string, fail: (message: string) => Error): AskStep {
  const [name = ''] = text.split(' ')
  if (!(QUESTIONS as readonly string[]).includes(name))
    throw fail(`there is no question "${name}"; there are ${QUESTIONS.join(', ')}`)
  return { kind: 'ask', question: text }
}

/** Reads `ko: QUESTION`, `en: QUESTION` and `sh: LINE`. */
function predictOf({ body, line, machines, fault }: Block): PredictStep {
  const found = new Map<string, string>()
  for (const [at, text] of body.split('\n').entries()) {
    const [, name = '', value = ''] = /^(ko|en|sh): (.+)$/.exec(text) ?? []
    if (name === '' || found.has(name))
      throw fault(line + 1 + at, 'a prediction has three lines: ko: QUESTION, en: QUESTION, sh: LINE')
    found.set(name, value)
  }
  const [ko, en, command] = ['ko', 'en', 'sh'].map((name) => found.get(name))
  if (ko === undefined || en === undefined || command === undefined)
    throw fault(line, 'a prediction has three lines: ko: QUESTION, en: QUESTION, sh: LINE')
  const machine = machines.at(-1) ?? ''
  return { kind: 'predict', part: 'question', question: { ko, en }, line: command, machine }
}

function fileOf({ words: [, path, initial], body, line, machines, fault }: Block): FileStep {
  if (path === undefined || (initial !== undefined && initial !== 'initial'))
    throw fault(line, 'a file has a path: ```yaml office.yaml, or ```yaml office.yaml initial')
  const machine = machines.at(-1) ?? ''
  return { kind: 'file', path, text: `${body}\n`, machine, isInitial: initial === 'initial' }
}

/** What a line below a command says about its output: `# => text`, `# => exit 1`. */
const EXPECTATION = /^# => (.*)$/

/** Cuts a block into commands, with lines that a backslash or a here-document continues. */
function commandsOf({ body, line, machines: before, fault }: Block): ParsedBlock {
  const lines = body.split('\n')
  const steps: CommandStep[] = []
  let machines = before
  for (let at = 0; at < lines.length; at++) {
    const first = lines[at] ?? ''
    const [, expected] = EXPECTATION.exec(first) ?? []
    if (expected !== undefined) {
      const last = steps.pop()
      if (last === undefined) throw fault(line + 1 + at, 'an expectation stands below its command')
      steps.push(expecting(last, expected))
      continue
    }
    if (first.trim() === '') continue
    const end = lastLineOf(lines, at)
    if (end >= lines.length) throw fault(line + 1 + at, 'the command is not ended')
    const command = lines.slice(at, end + 1).join('\n')
    steps.push({ kind: 'command', line: command, machine: machines.at(-1) ?? '', shows: [], exitCode: 0 })
    machines = machinesAfter(command, machines)
    at = end
  }
  return { steps, machines }
}

function expecting(step: CommandStep, expected: string): CommandStep {
  const [, code] = /^exit (\d+)$/.exec(expected) ?? []
  return code === undefined
    ? { ...step, shows: [...step.shows, expected] }
    : { ...step, exitCode: Number(code) }
}

function lastLineOf(lines: readonly string[], first: number): number {
  let at = first
  while ((lines[at] ?? '').endsWith('\\')) at++
  const [, word] = /<<'?(\w+)'?/.exec(lines.slice(first, at + 1).join('\n')) ?? []
  if (word === undefined) return at
  const end = lines.indexOf(word, at)
  return end < 0 ? lines.length : end
}

function machinesAfter(command: string, machines: readonly string[]): readonly string[] {
  const [, target] = /^ssh (\S+)$/.exec(command) ?? []
  if (target !== undefined) return [...machines, target]
  return command === 'exit' && machines.length > 1 ? machines.slice(0, -1) : machines
}
