import { DEFAULTS } from '../../cluster/compose/options.js'
import { rehearseUpgrade, type RehearsedMinor } from '../../testing/upgrade/rehearse.js'
import type { UpgradeFinding, UpgradePlan } from '../../testing/upgrade/finding.js'
import { planUpgrade } from '../../testing/upgrade/plan.js'
import { minorsOf } from '../../testing/upgrade/releases.js'
import type { CommandArguments, Command } from '../command.js'
import { UsageError } from '../command.js'
import { onlyWord, releaseIn, textOf } from '../files.js'
import { type GridCell, type Grid, gridSvg } from '../grid-picture.js'
import { readPaths } from '../manifest-sets.js'
import { OUTPUT, print } from '../output.js'
import { clusterAt, isManifests } from '../what-if/source.js'
import { harmOf } from '../what-if/text.js'

/** A plan, and what its rehearsal has interrupted. */
interface UpgradeResult extends UpgradePlan {
  readonly rehearsal?: readonly RehearsedMinor[]
}

function outcomeOf(path: string, flags: CommandArguments['flags']): UpgradeResult {
  const to = releaseIn(flags, 'to') ?? DEFAULTS.version
  const from = releaseIn(flags, 'from')
  if (!isManifests(path)) {
    const cluster = clusterAt(path, {})
    if (from !== undefined && from !== cluster.version)
      throw new UsageError(`--from ${from}: the snapshot is of ${cluster.version}; leave --from out`)
    const plan = planUpgrade(cluster, { from: cluster.version, to })
    return flags['rehearse'] === true ? { ...plan, rehearsal: rehearseUpgrade(cluster, { to }) } : plan
  }
  if (from === undefined)
    throw new UsageError('--from is missing: write the release of now, such as --from v1.30')
  const { sets, skipped } = readPaths([path], [from])
  const unread = skipped.find(({ isError }) => isError === true)
  if (unread !== undefined) throw new UsageError(`${unread.path}: ${unread.why}`)
  const files = sets.flatMap((set) => set.files)
  const judged = planUpgrade(files, { from, to })
  const left = skipped.map((each) => `${each.path}: ${each.why}`)
  const plan = { ...judged, notChecked: [...judged.notChecked, ...left] }
  if (flags['rehearse'] !== true) return plan
  const nodes = textOf(flags, 'nodes')
  const cluster = clusterAt(path, { version: from, ...(nodes === undefined ? {} : { nodes }) })
  return { ...plan, rehearsal: rehearseUpgrade(cluster, { to }) }
}

const placeOf = ({ file, line }: UpgradeFinding): string =>
  file === undefined || file === '' ? '' : ` (${file}:${line ?? 1})`

/** Returns the findings under the release that each belongs to. */
function textOfFindings(findings: readonly UpgradeFinding[]): readonly string[] {
  const lines: string[] = []
  let release = ''
  for (const finding of findings) {
    if (finding.release !== release) {
      lines.push(...(release === '' ? [] : ['']), finding.release)
      release = finding.release
    }
    lines.push(
      `  ${finding.change.padEnd(10)}  ${finding.object}${placeOf(finding)}: ${finding.message}`,
      `${' '.repeat(14)}${finding.repair}`,
    )
  }
  return lines
}

function textOfRehearsal(rehearsal: readonly RehearsedMinor[]): readonly string[] {
  return [
    '',
    'rehearsal: each node drained, upgraded and uncordoned',
    ...rehearsal.map(({ release, report }) => `  ${release}  ${harmOf(report) ?? 'nothing is interrupted'}`),
  ]
}

function sumOf({ from, to, objects, findings }: UpgradeResult): string {
  const count = (change: UpgradeFinding['change']): number =>
    findings.filter((finding) => finding.change === change).length
  const changes = ['removed', 'early', 'invalid', 'default', 'unreadable', 'client', 'gate'] as const
  const sums = changes.flatMap((change) => (count(change) > 0 ? [`${count(change)} ${change}`] : []))
  const sum = sums.length > 0 ? sums.join(', ') : 'nothing changes for them'
  return `${from} to ${to}, ${objects} objects: ${sum}`
}

/** A row for each object that changes, a column for each release. */
function outcomeGrid(outcome: UpgradeResult): Grid {
  const { from, to, findings, rehearsal = [] } = outcome
  const releases = minorsOf(from, to).slice(1)
  const objects = [...new Set(findings.map(({ object }) => object))]
  const rows = objects.map((name) => ({
    name,
    cells: releases.map((release): GridCell => {
      const changes = findings.filter((each) => each.object === name && each.release === release)
      const words = [...new Set(changes.map(({ change }) => change))].join(', ')
      if (words === '') return { text: '·', look: 'faint' }
      return changes.some(isBreaking) ? { text: `✗ ${words}`, look: 'bad' } : { text: words }
    }),
  }))
  const played = {
    name: 'rehearsal',
    cells: releases.map((release): GridCell => {
      const report = rehearsal.find((each) => each.release === release)?.report
      if (report === undefined) return { text: '' }
      return report.isHarmless ? { text: '✓', look: 'faint' } : { text: '✗ interrupted', look: 'bad' }
    }),
  }
  return {
    title: `upgrade from ${from} to ${to}`,
    columns: releases,
    rows: rehearsal.length === 0 ? rows : [...rows, played],
    sum: sumOf(outcome),
  }
}

function outcomeText(outcome: UpgradeResult): string {
  const { findings, notChecked, rehearsal } = outcome
  return [
    ...textOfFindings(findings),
    ...(findings.length > 0 ? [''] : []),
    ...notChecked.map((each) => `not checked: ${each}`),
    sumOf(outcome),
    ...(rehearsal === undefined ? [] : textOfRehearsal(rehearsal)),
  ].join('\n')
}

/** What must be done before the upgrade; defaults only change. */
const isBreaking = ({ change }: UpgradeFinding): boolean => change !== 'default'

/** `simcluster upgrade`: what an upgrade does. */
export const upgradeCommand: Command = {
  name: 'upgrade',
  about:
    'Says what an upgrade does to manifests or to a cluster, release by release, with the commands that ' +
    'repair it. Exit code 1: something must be done before, or the rehearsal interrupts something.',
  words: 'DIR|SNAPSHOT|-',
  flags: {
    from: { value: 'VERSION', about: 'the release of now', default: 'that of the snapshot' },
    to: { value: 'VERSION', about: 'the release to come', default: DEFAULTS.version },
    rehearse: { about: 'plays the upgrade with the drain of each node, and says what it interrupts' },
    nodes: { value: 'N', about: 'number of nodes on which manifests are rehearsed', default: '3' },
    output: {
      ...OUTPUT['output'],
      value: 'text|json|svg|junit',
      about: 'the form of the result',
      short: 'o',
    },
  },
  examples: [
    'simcluster upgrade ./deploy --from v1.24 --to v1.35',
    'simcluster upgrade cluster.snapshot --to v1.35 --rehearse',
    'helm template . | simcluster upgrade - --from v1.30 -o junit',
  ],
  run: ({ flags, words }, terminal) => {
    const path = onlyWord(words, 'folder, file or snapshot')
    if (path === '-' && flags['rehearse'] === true)
      throw new UsageError('--rehearse reads twice, and - can be read once: write the manifests to a file')
    if (flags['nodes'] !== undefined && flags['rehearse'] !== true)
      throw new UsageError('--nodes goes with --rehearse only')
    const outcome = outcomeOf(path, flags)
    const { findings, rehearsal = [] } = outcome
    print(
      {
        name: 'upgrade',
        text: outcomeText(outcome),
        json: outcome,
        svg: () => gridSvg(outcomeGrid(outcome)),
        checked: [
          ...findings.map((finding) => {
            const name = `${finding.release} ${finding.object}`
            return isBreaking(finding) ? { name, failure: `${finding.message}\n${finding.repair}` } : { name }
          }),
          ...rehearsal.map(({ release, report }) => {
            const harm = harmOf(report)
            const name = `rehearsal of ${release}`
            return harm === undefined ? { name } : { name, failure: harm }
          }),
        ],
      },
      flags,
      terminal,
    )
    const isFine = rehearsal.every(({ report }) => report.isHarmless)
    return isFine && !findings.some(isBreaking) ? 0 : 1
  },
}
