import { type CheckReport, type CheckFinding, RULES, type Severity } from '../cluster/check/finding.js'
import { exactJson } from '../lang/json/exact-json.js'
import { type GridCell, type Grid, gridSvg } from './grid-picture.js'
import { junit } from './output.js'
import { packageVersion } from './program-path.js'

const FORMATS = ['text', 'json', 'markdown', 'svg', 'junit', 'github', 'sarif'] as const
/** The form of a report of findings. */
export type FindingsFormat = (typeof FORMATS)[number]

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note']

/** Whether a word names a form. */
export const isFindingsFormat = (word: string): word is FindingsFormat =>
  (FORMATS as readonly string[]).includes(word)

/** What `--fail-on` may be. */
export const FAIL_ON = ['error', 'warning', 'note', 'never'] as const
/** The least severity for which the exit code is 1. */
export type FailOn = (typeof FAIL_ON)[number]

/** Returns the findings that make a command fail. */
export function failing(findings: readonly CheckFinding[], failOn: FailOn): readonly CheckFinding[] {
  if (failOn === 'never') return []
  const least = SEVERITIES.indexOf(failOn)
  return findings.filter(({ severity }) => SEVERITIES.indexOf(severity) <= least)
}

/** Returns a report in a form, without a line end. */
export function formatFindings(report: CheckReport, format: FindingsFormat, failOn: FailOn): string {
  switch (format) {
    case 'json':
      return exactJson(report, 2)
    case 'markdown':
      return asMarkdown(report)
    case 'svg':
      return gridSvg(asGrid(report)).trimEnd()
    case 'junit':
      return asJunit(report, failOn)
    case 'github':
      return report.findings.map(asAnnotation).join('\n')
    case 'sarif':
      return exactJson(asSarif(report), 2)
    default:
      return asText(report)
  }
}

const placeOf = ({ file, line }: CheckFinding): string =>
  file === '' || line === 0 ? file : `${file}:${line}`

const versionsOf = ({ versions: all }: CheckReport, { versions }: CheckFinding): string =>
  versions.length === all.length ? '' : ` [${versions.join(', ')}]`

const textOf = ({ object, message }: CheckFinding): string =>
  object === undefined ? message : `${object}: ${message}`

const told = (report: CheckReport, finding: CheckFinding): string =>
  `${textOf(finding)}${versionsOf(report, finding)}`

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** `2 errors`, `1 note`: those of each severity that there are. */
const countsOf = (findings: readonly CheckFinding[]): readonly string[] =>
  SEVERITIES.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [counted(count, severity)]
  })

function sumOf({ findings, versions, nodes, files, objects }: CheckReport): string {
  const counts = countsOf(findings)
  const where = `in ${counted(objects, 'object')} of ${counted(files, 'file')}`
  const on = `on ${versions.join(', ')} with ${counted(nodes, 'node')}`
  return `${counts.length === 0 ? 'nothing found' : counts.join(', ')} ${where}, ${on}`
}

/** A row for each finding, a column for each version. */
function asGrid(report: CheckReport): Grid {
  const looks = { error: 'bad', warning: 'strong', note: 'faint' } as const
  const cellOf = ({ severity, versions }: CheckFinding, version: string): GridCell => {
    if (!versions.includes(version)) return { text: '✓' }
    return { text: severity === 'note' ? severity : `✗ ${severity}`, look: looks[severity] }
  }
  return {
    title: `check on ${report.versions.join(', ')}`,
    columns: report.versions,
    rows: report.findings.map((finding) => ({
      name: `${placeOf(finding)}  ${finding.rule}`.trim(),
      note: textOf(finding),
      cells: report.versions.map((version) => cellOf(finding, version)),
    })),
    sum: sumOf(report),
  }
}

function asText(report: CheckReport): string {
  const lines = report.findings.flatMap((finding) => {
    const place = placeOf(finding)
    const text = `${finding.severity}: ${told(report, finding)} (${finding.rule})`
    const head = place === '' ? text : `${place}: ${text}`
    const why = finding.why === undefined || finding.why.split('\n').length < 2 ? [] : finding.why.split('\n')
    return [head, ...why.map((line) => `    ${line}`)]
  })
  return [...lines, sumOf(report)].join('\n')
}

const LOOKS: Readonly<Record<Severity | 'right', string>> = {
  error: 'fill:#ffebe9,stroke:#cf222e,color:#1f2328',
  warning: 'fill:#fff8c5,stroke:#9a6700,color:#1f2328',
  note: 'fill:#ddf4ff,stroke:#0969da,color:#1f2328',
  right: 'fill:#dafbe1,stroke:#1a7f37,color:#1f2328',
}

/** A picture of the versions in Mermaid, which GitHub draws in summaries, and a table of the findings. */
function asMarkdown(report: CheckReport): string {
  const { findings, versions, objects, files } = report
  const boxes = versions.map((version, at) => {
    const own = findings.filter((finding) => finding.versions.includes(version))
    const worst = SEVERITIES.find((severity) => own.some((finding) => finding.severity === severity))
    const text = countsOf(own).join(', ') || 'nothing found'
    return `  all --> v${at}["${version}: ${text}"]:::${worst ?? 'right'}`
  })
  const cell = (text: string): string =>
    text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ')
  const rows = findings.map((finding) => {
    const cells = [finding.severity, placeOf(finding), told(report, finding), finding.rule]
    return `| ${cells.map(cell).join(' | ')} |`
  })
  const table = rows.length === 0 ? [] : ['', '| | where | what | rule |', '|---|---|---|---|', ...rows]
  return [
    '```mermaid',
    'flowchart LR',
    `  all["${counted(objects, 'object')} of ${counted(files, 'file')}"]`,
    ...boxes,
    ...Object.entries(LOOKS).map(([name, look]) => `  classDef ${name} ${look}`),
    '```',
    ...table,
    '',
    sumOf(report),
  ].join('\n')
}

function asJunit(report: CheckReport, failOn: FailOn): string {
  const bad = new Set(failing(report.findings, failOn))
  const checked = report.findings.map((finding) => {
    const name = `${placeOf(finding)} ${finding.object ?? ''} ${finding.rule}`.trim()
    const text = `${told(report, finding)}${finding.why === undefined ? '' : `\n${finding.why}`}`
    return bad.has(finding) ? { name, failure: text } : { name }
  })
  const name = `check ${report.versions.join(', ')}`
  return junit(name, checked.length === 0 ? [{ name: `${report.objects} objects` }] : checked)
}

const COMMANDS = { error: 'error', warning: 'warning', note: 'notice' } as const

/** A workflow command of GitHub Actions, which shows the finding in the pull request. */
function asAnnotation(finding: CheckFinding): string {
  const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
  const { severity, file, line, rule, versions } = finding
  const text = `${textOf(finding)} [${versions.join(', ')}]`
  const place = file === '' || file === '-' ? '' : `file=${property(file)},line=${line},`
  return `::${COMMANDS[severity]} ${place}title=${property(rule)}::${data(text)}`
}

const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

/** SARIF 2.1.0, which code scanning reads. */
function asSarif({ findings }: CheckReport): unknown {
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort()
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'simcluster',
            version: packageVersion(),
            rules: rules.map((id) => ({ id, shortDescription: { text: RULES[id] } })),
          },
        },
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: rules.indexOf(finding.rule),
          level: finding.severity,
          message: {
            text: [`${textOf(finding)} [${finding.versions.join(', ')}]`, finding.why ?? []]
              .flat()
              .join('\n'),
          },
          locations: [
            {
              physicalLocation: {
                artifactLocation: {
                  uri: /^-?$/.test(finding.file) ? 'stdin' : finding.file.replaceAll('\\', '/'),
                },
                region: { startLine: Math.max(1, finding.line) },
              },
            },
          ],
        })),
      },
    ],
  }
}
