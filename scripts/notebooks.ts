/**
 * `npm run notebooks`: runs each chapter of the course in Deno's Jupyter kernel, on the packed package, and
 * writes examples/notebooks with the outputs. `-- --check` writes nothing and fails if a byte differs;
 * `-- --student FOLDER` writes them without outputs, and runs nothing;
 * numbers of chapters limit both to those. Needs `npm run build`; Deno is that of .ci/tools, or is fetched
 * once into .cache/deno.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Chapter, LANGUAGES } from '../src/course/chapter.js'
import type { Language } from '../src/lang/text/phrases.js'
import { readCourse } from '../src/cli/course/read.js'
import { pack } from './pack.js'
import { DenoKernel, type Output } from './notebooks/kernel.js'
import { type Cell, cellsOf, notebookText } from './notebooks/notebook.js'

const DENO = '2.9.6'
const root = fileURLToPath(new URL('..', import.meta.url))
const notebooks = join(root, 'examples/notebooks')

/** The program: that of `npm run e2e:setup`, or from npm. It is too large for what `npm ci` installs. */
function denoProgram(): string {
  const tool = join(root, '.ci/tools/node_modules/deno')
  if (existsSync(join(tool, 'deno')) && versionOf(tool) === DENO) return join(tool, 'deno')
  const folder = join(root, '.cache/deno', DENO)
  const platform = `${process.platform}-${process.arch}${process.platform === 'linux' ? '-glibc' : ''}`
  const program = join(
    folder,
    'node_modules/@deno',
    platform,
    process.platform === 'win32' ? 'deno.exe' : 'deno',
  )
  if (!existsSync(program)) {
    const words = [
      'install',
      '--prefix',
      folder,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      `deno@${DENO}`,
    ]
    execFileSync('npm', words, { stdio: ['ignore', 'ignore', 'inherit'] })
  }
  return program
}

const versionOf = (folder: string): unknown =>
  (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown }).version

/** A folder as a student has it: deno.json, and node_modules with the packed package and what it needs. */
function studentFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-notebooks-'))
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'simcluster'), { recursive: true })
  const { tarball } = pack(folder)
  execFileSync('tar', ['xzf', tarball, '-C', join(modules, 'simcluster'), '--strip-components=1'])
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  for (const name of [...Object.keys(dependencies), 'just-bash'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  writeFileSync(join(folder, 'deno.json'), readFileSync(join(notebooks, 'deno.json')))
  return folder
}

/** Runs the code of a chapter. @throws Error if a cell fails */
async function outputsOf(
  cells: readonly Cell[],
  language: Language,
  folder: string,
): Promise<readonly (readonly Output[])[]> {
  const kernel = await DenoKernel.start(denoProgram(), folder)
  try {
    const outputs: (readonly Output[])[] = []
    for (const cell of cells) {
      if (cell.kind === 'markdown') continue
      const said = await kernel.execute(cell.code[language])
      const error = said.find((output) => output.output_type === 'error')
      if (error !== undefined) throw new Error(`${cell.code[language]}\n${error.ename}: ${error.evalue}`)
      outputs.push(said)
    }
    return outputs
  } finally {
    kernel.stop()
  }
}

/** Writes the notebooks of a chapter, or compares them. Returns the names of those that differ. */
async function make(chapter: Chapter, folder: string, isCheck: boolean): Promise<readonly string[]> {
  const cells = cellsOf(chapter)
  const stale: string[] = []
  for (const language of LANGUAGES) {
    const name = nameOf(chapter, language)
    const text = notebookText(cells, await outputsOf(cells, language, folder), language)
    const path = join(notebooks, name)
    if (!isCheck) writeFileSync(path, text)
    if (!existsSync(path) || readFileSync(path, 'utf8') !== text) stale.push(name)
  }
  return stale
}

const nameOf = ({ file }: Chapter, language: Language): string => `${file.slice(0, 2)}.${language}.ipynb`

/** Writes the notebooks without outputs, for students, into a folder. */
function writeForStudents(to: string): void {
  mkdirSync(to, { recursive: true })
  for (const chapter of readCourse('v1.35'))
    for (const language of LANGUAGES)
      writeFileSync(join(to, nameOf(chapter, language)), notebookText(cellsOf(chapter), undefined, language))
  console.log(`${to}: notebooks without outputs`)
}

const student = argv.indexOf('--student')
if (student !== -1) {
  const to = argv[student + 1]
  if (to === undefined) throw new Error('write --student FOLDER')
  writeForStudents(to)
  process.exit()
}

const isCheck = argv.includes('--check')
const wanted = argv
  .slice(2)
  .filter((word) => /^\d+$/.test(word))
  .map(Number)
const folder = studentFolder()
const waiting = readCourse('v1.35').filter(({ number }) => wanted.length === 0 || wanted.includes(number))

/** Makes one chapter after the other until none waits. */
async function work(): Promise<void> {
  for (let chapter = waiting.shift(); chapter !== undefined; chapter = waiting.shift()) {
    const start = Date.now()
    const stale = await make(chapter, folder, isCheck)
    const seconds = ((Date.now() - start) / 1000).toFixed(1)
    const state = stale.length === 0 ? 'as committed' : `${stale.join(', ')} differ: npm run notebooks`
    console.log(`${chapter.file}: ${isCheck ? state : 'written'}, ${seconds} s`)
    if (stale.length > 0) process.exitCode = 1
  }
}

try {
  await Promise.all([work(), work()])
} finally {
  rmSync(folder, { recursive: true, force: true })
}
