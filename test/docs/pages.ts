import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A markdown file of the repository. */
export interface Page {
  /** Relative to the repository: `docs/access.md` */
  readonly file: string
  readonly text: string
}

export const repository: string = fileURLToPath(new URL('../..', import.meta.url))

/** README.md, CONTRIBUTING.md and everything in docs. */
export function readPages(): readonly Page[] {
  const docs = readdirSync(join(repository, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => `docs/${name}`)
  return ['README.md', 'CONTRIBUTING.md', ...docs].map(pageAt)
}

/** The pages beside those: what else the site shows, and what notebooks come with. */
export function readOtherPages(): readonly Page[] {
  return [
    ...['README.ko.md', 'CHANGELOG.md', 'SECURITY.md', 'course/README.md'],
    ...['playground/README.md', 'examples/notebooks/README.md'],
  ].map(pageAt)
}

const pageAt = (file: string): Page => ({ file, text: readFileSync(join(repository, file), 'utf8') })
