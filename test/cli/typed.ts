import { run } from '../../src/cli/run.js'

/** Runs the program in this process. */
export async function typed(
  ...argv: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const texts = { out: '', err: '' }
  const code = await run(argv, {
    out: (text) => void (texts.out += text),
    err: (text) => void (texts.err += text),
  })
  return { code, ...texts }
}
