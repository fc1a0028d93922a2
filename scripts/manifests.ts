/**
 * `npm run manifests -- DIR [--only NAME,NAME] [--show N]`: loads the manifests of each folder and file in
 * DIR, and prints a line each and the counts. `-- --fetch` fetches those of `test/manifests/projects.json`
 * from GitHub instead (needs git, helm and kubectl; they stay in `.cache/manifests`), and compares with what
 * is recorded there. Exits with 1 if a manifest does not load clean.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { playManifests, type Played } from './manifests/play.js'
import { manifestsOf, textsIn, type Project } from './manifests/project.js'

const { values, positionals } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    fetch: { type: 'boolean', default: false },
    only: { type: 'string' },
    show: { type: 'string', default: '3' },
  },
})
const only = values.only?.split(',')
const isChosen = (name: string): boolean => only === undefined || only.includes(name)

/** What is loaded together. */
interface Group {
  readonly name: string
  readonly texts: () => readonly string[]
  readonly project?: Project
}

const projects: readonly Project[] = JSON.parse(
  readFileSync(new URL('../test/manifests/projects.json', import.meta.url), 'utf8'),
) as readonly Project[]

function groups(): readonly Group[] {
  if (values.fetch)
    return projects.map((project) => ({
      name: project.name,
      texts: () => manifestsOf(project, '.cache/manifests'),
      project,
    }))
  const [folder] = positionals
  if (folder === undefined) throw new Error('name a folder of manifests, or --fetch')
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, texts: () => textsIn(join(folder, name)) }))
}

/** Prints the line of a group, and what went wrong; returns whether it is clean. */
function print({ name, project }: Group, { objects, remarks }: Played): boolean {
  const alsoSaid = new Set(project?.alsoSaid)
  const wrong = remarks.filter(({ isExpected, text }) => !isExpected && !alsoSaid.has(text))
  const expected = remarks.length - wrong.length
  const told = `${objects} objects${expected === 0 ? '' : `, ${expected} refused as on a real cluster`}`
  const { objects: before = objects, expected: refused = 0 } = project ?? { expected }
  const note = before === objects && refused === expected ? '' : ` (recorded: ${before} and ${refused})`
  const isClean = wrong.length === 0
  console.log(
    `${isClean ? 'clean' : 'WRONG'}  ${name}: ${told}${note}${isClean ? '' : `, ${wrong.length} remarks`}`,
  )
  for (const { pass, text } of wrong.slice(0, Number(values.show))) console.log(`    ${pass}: ${text}`)
  return isClean
}

let clean = 0
let objects = 0
const chosen = groups().filter(({ name }) => isChosen(name))
for (const group of chosen) {
  try {
    const played = playManifests(group.texts(), group.project?.namespace)
    objects += played.objects
    if (print(group, played)) clean++
  } catch (error) {
    console.log(`FAILED ${group.name}: ${String(error).split('\n', 3).join('\n')}`)
  }
}
console.log(`${clean} of ${chosen.length} load clean, ${objects} objects`)
if (clean < chosen.length) process.exitCode = 1
