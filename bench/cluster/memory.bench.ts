/**
 * Heap of a cluster and of its pods, and what clusters that were dropped leave behind: measured in processes
 * of their own.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { printFigures } from './figures.js'
import { BUNDLE } from './webernetes.js'

const child = fileURLToPath(new URL('./memory-child.ts', import.meta.url))

function measure(what: string): string {
  return execFileSync(process.execPath, ['--expose-gc', '--import', 'tsx', child, what], {
    encoding: 'utf8',
  }).trim()
}

const subjects = ['cluster', 'pods', 'dropped', ...(existsSync(BUNDLE) ? ['webernetes-pods'] : [])]
printFigures(
  'cluster: heap after collection',
  subjects.map((what) => {
    const [name = what, figure = ''] = measure(what).split('\t')
    return [name, figure]
  }),
)
