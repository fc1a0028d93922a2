/**
 * `npm run charts -- [--only NAME,NAME] [--show N]`: installs the charts of `test/manifests/charts.json` with
 * the real helm on served clusters in virtual time: install, upgrade, rollback and uninstall, with `--wait`.
 * Fetches them from GitHub (needs git and helm; they stay in `.cache/manifests`). Prints a line each, with
 * how many of its pods got ready, and the counts. Exits with 1 if one goes otherwise than on a real cluster.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { playChart, type Chart } from './manifests/charts.js'
import { chartAt } from './manifests/project.js'

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: { only: { type: 'string' }, show: { type: 'string', default: '5' } },
})
const folder = '.cache/manifests'
const charts = JSON.parse(
  readFileSync(new URL('../test/manifests/charts.json', import.meta.url), 'utf8'),
) as readonly Chart[]
const chosen = charts.filter(({ name }) => values.only?.split(',').includes(name) ?? true)

function chartOf(name: string): Chart {
  const found = charts.find((chart) => chart.name === name)
  if (found === undefined) throw new Error(`no chart ${name} in charts.json`)
  return found
}

let [clean, pods, ready] = [0, 0, 0]
for (const chart of chosen) {
  try {
    const before = (chart.after ?? []).map(chartOf).map((first) => [first, chartAt(first, folder)] as const)
    const played = await playChart(chart, chartAt(chart, folder), before)
    pods += played.pods
    ready += played.ready
    const isClean = played.remarks.length === 0
    if (isClean) clean++
    const why = chart.waitsFor === undefined ? '' : `, as on a real cluster: ${chart.waitsFor}`
    console.log(
      `${isClean ? 'clean' : 'WRONG'}  ${chart.name}: ${played.ready} of ${played.pods} pods ready${why}`,
    )
    for (const remark of played.remarks.slice(0, Number(values.show))) console.log(`    ${remark}`)
  } catch (error) {
    console.log(`FAILED ${chart.name}: ${String(error).split('\n', 3).join('\n')}`)
  }
}
console.log(`${clean} of ${chosen.length} charts clean, ${ready} of ${pods} pods ready`)
if (clean < chosen.length) process.exitCode = 1
process.exit()
