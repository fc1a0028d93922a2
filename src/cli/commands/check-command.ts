import { checkManifests, type CheckOptions } from '../../cluster/check/check-manifests.js'
import { mergeFindings, type CheckFinding, type CheckReport } from '../../cluster/check/finding.js'
import { mergeOptions } from '../../cluster/compose/merge-options.js'
import { type ClusterOptions, DEFAULTS } from '../../cluster/compose/options.js'
import type { CommandArguments, Command } from '../command.js'
import { UsageError } from '../command.js'
import { checkedRelease, textOf, wholeNumber } from '../files.js'
import { FAIL_ON, failing, type FailOn, formatFindings, isFindingsFormat } from '../findings.js'
import { readPaths, shownPath, type ReadPaths } from '../manifest-sets.js'
import { configIn } from '../serving.js'

function optionsOf(flags: CommandArguments['flags']): CheckOptions {
  const versions = (textOf(flags, 'version') ?? DEFAULTS.version)
    .split(',')
    .map((each) => checkedRelease('version', each.trim()))
  const like = textOf(flags, 'like') ?? 'kind'
  if (like !== 'kind' && like !== 'kubeadm') throw new UsageError(`--like ${like}: write kind or kubeadm`)
  const nodes = textOf(flags, 'nodes')
  const namespace = textOf(flags, 'namespace')
  const { version: _, ...config } = configIn(textOf(flags, 'config'))
  const cluster: ClusterOptions = mergeOptions(mergeOptions({ like }, config), {
    ...(nodes === undefined ? {} : { nodes: wholeNumber('nodes', nodes, 1) }),
  })
  return { versions, cluster, ...(namespace === undefined ? {} : { namespace }) }
}

function failOnOf(flags: CommandArguments['flags']): FailOn {
  const word = textOf(flags, 'fail-on') ?? 'error'
  const found = FAIL_ON.find((each) => each === word)
  if (found === undefined) throw new UsageError(`--fail-on ${word}: write ${FAIL_ON.join(', ')}`)
  return found
}

/** The findings of all sets; what a chart has on several releases is told once. */
const mergedOf = (reports: readonly CheckReport[]): readonly CheckFinding[] =>
  mergeFindings(
    reports.flatMap(({ versions, findings }) =>
      versions.map(
        (version) => [version, findings.filter((each) => each.versions.includes(version))] as const,
      ),
    ),
  )

/** Checks each set on a cluster of its own, and puts the reports together. */
function checkAll({ sets, skipped }: ReadPaths, options: CheckOptions): CheckReport {
  const reports = sets.map(({ files, versions, lineOf }) => {
    const report = checkManifests(files, versions === undefined ? options : { ...options, versions })
    if (lineOf === undefined) return report
    const placed = report.findings.map((each) => ({ ...each, line: lineOf(each.file, each.line) }))
    return { ...report, findings: placed }
  })
  const [first] = reports
  const versions = options.versions ?? []
  const left = skipped.map(({ path, why, isError = false }): CheckFinding => ({
    rule: 'not-checked',
    severity: isError ? 'error' : 'note',
    file: path,
    line: 1,
    message: isError ? `not checked: ${why}` : `skipped: ${why}`,
    versions,
  }))
  const sum = (count: (report: CheckReport) => number): number =>
    reports.reduce((all, each) => all + count(each), 0)
  const findings = [...mergedOf(reports), ...left].map((finding) => ({
    ...finding,
    file: shownPath(finding.file),
  }))
  return {
    versions,
    nodes: first?.nodes ?? 0,
    files: sum(({ files }) => files),
    objects: sum(({ objects }) => objects),
    findings,
  }
}

/** `simcluster check`: whether manifests work. */
export const checkCommand: Command = {
  name: 'check',
  about:
    'Checks manifests on a fresh cluster: applies them, waits for the rollout, drains and crashes each ' +
    'node, and says what is wrong, with file and line. Exit code 1: findings as bad as --fail-on.',
  words: 'DIR|FILE|-...',
  flags: {
    version: {
      value: 'VERSIONS',
      about: 'releases to check on, such as v1.34,v1.35',
      default: DEFAULTS.version,
    },
    nodes: { value: 'N', about: 'number of nodes', default: '3' },
    like: { value: 'kind|kubeadm', about: 'what the cluster has besides its control plane', default: 'kind' },
    config: { value: 'FILE', about: 'options of SimCluster as YAML or JSON; other flags override it' },
    namespace: {
      value: 'NAME',
      short: 'n',
      about: 'where objects without a namespace go',
      default: 'default',
    },
    output: {
      value: 'text|json|markdown|svg|junit|github|sarif',
      short: 'o',
      about: 'the form of the report',
      default: 'text',
    },
    'fail-on': { value: FAIL_ON.join('|'), about: 'the least severity for exit code 1', default: 'error' },
  },
  examples: [
    'simcluster check ./deploy --version v1.34,v1.35',
    'helm template . | simcluster check -',
    'simcluster check ./crds ./deploy --fail-on warning -o github',
    'simcluster check ./overlays/production -o sarif > simcluster.sarif',
  ],
  run: ({ flags, words }, terminal) => {
    if (words.length === 0)
      throw new UsageError('write what to check: a folder, a file, or - for standard input')
    const format = textOf(flags, 'output') ?? 'text'
    if (!isFindingsFormat(format))
      throw new UsageError(`-o ${format}: write text, json, markdown, svg, junit, github or sarif`)
    const failOn = failOnOf(flags)
    const options = optionsOf(flags)
    const read = readPaths(words, options.versions ?? [])
    if (read.sets.length === 0 && read.skipped.length === 0)
      throw new UsageError(`${words.join(', ')} has no .yaml, .yml or .json file`)
    const report = checkAll(read, options)
    const text = formatFindings(report, format, failOn)
    if (text !== '') terminal.out(`${text}\n`)
    return failing(report.findings, failOn).length === 0 ? 0 : 1
  },
}
