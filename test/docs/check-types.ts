import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './pages.js'
import type { Program } from './program.js'

/**
 * Writes programs as modules into a folder of `.cache`, with a tsconfig.json that extends the project's.
 * Returns their paths, in order. Files that are there already stay untouched, so that running tests may
 * import them.
 */
export function writeModules(folder: string, programs: readonly Program[]): readonly string[] {
  const target = join(repository, '.cache', folder)
  mkdirSync(target, { recursive: true })
  const source = '../../src'
  writeChanged(
    join(target, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      // A block shows values that it does not go on to use.
      compilerOptions: { noUnusedLocals: false, incremental: false },
      include: [`${source}/**/*.d.ts`],
      files: programs.map((program) => fileName(program)),
    }),
  )
  return programs.map((program) => {
    const path = join(target, fileName(program))
    writeChanged(path, program.text)
    return path
  })
}

/** What the compiler says about the modules of a folder, as `docs/access.md:12: message`. */
export function typeErrors(folder: string, programs: readonly Program[]): readonly string[] {
  const { stdout } = spawnSync(
    process.execPath,
    ['node_modules/@typescript/native/bin/tsc', '-p', join('.cache', folder), '--pretty', 'false'],
    { cwd: repository, encoding: 'utf8' },
  )
  const byName = new Map(programs.map((program) => [fileName(program), program]))
  return stdout
    .split('\n')
    .filter((line) => /\S/.test(line))
    .map((line) => {
      const [, name = '', at = '', message = ''] =
        /^(?:.*\/)?([^/]+\.ts)\((\d+),\d+\): (.*)$/.exec(line) ?? []
      const program = byName.get(name)
      if (program === undefined) return line
      return `${program.name.split(':')[0]}:${program.lines[Number(at) - 1] ?? 0}: ${message}`
    })
}

function fileName({ name }: Program): string {
  return `${name.replaceAll(/[^a-zA-Z0-9]+/g, '-')}.ts`
}

function writeChanged(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
}
