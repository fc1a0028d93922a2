import { spawn } from 'node:child_process'
import { onTestFinished } from 'vitest'

/** A person at a terminal: types lines, and sees what is on the screen. */
export interface Person {
  /** Types a line and Enter. Returns what the screen shows until the next prompt, or the end. */
  readonly types: (line: string) => Promise<string>
  /** Presses keys without Enter. Returns what the screen shows until nothing more comes. */
  readonly presses: (keys: string) => Promise<string>
  /** What is on the screen before the first key. */
  readonly begins: () => Promise<string>
}

/** Ctrl-C */
export const INTERRUPT = '\u0003'

const CONTROL = new RegExp(`${'\u001B'}\\[[\\d;?]*[A-Za-z]|\r`, 'g')
/** The last line of a screen that waits for keys. */
const PROMPT = /(?:^|\n)(?:\S+@\S+:\S*# |> )$/
const POLL = 20
/** Readline draws its line anew in some pieces. */
const QUIET = 150

/** Starts a program on a terminal of its own, by util-linux's `script`. */
export function atTerminal(command: string, env: Readonly<Record<string, string>>): Person {
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', ...env },
  })
  onTestFinished(() => void child.kill())
  let screen = ''
  let isOver = false
  let last = performance.now()
  child.stdout.on('data', (part: Buffer) => {
    screen += part.toString()
    last = performance.now()
  })
  child.once('exit', () => (isOver = true))
  const shown = (): string => screen.replaceAll(CONTROL, '')
  const read = async (isPrompted = true): Promise<string> => {
    for (;;) {
      await new Promise((done) => void setTimeout(done, POLL))
      const isThere = isPrompted ? PROMPT.test(shown()) : screen !== ''
      if (isOver || (isThere && performance.now() - last > QUIET)) break
    }
    const text = shown()
    screen = ''
    return text
  }
  const send = (keys: string): void => {
    last = performance.now()
    child.stdin.write(keys)
  }
  return {
    begins: read,
    types: (line) => {
      send(`${line}\r`)
      return read()
    },
    presses: (keys) => {
      send(keys)
      return read(false)
    },
  }
}
