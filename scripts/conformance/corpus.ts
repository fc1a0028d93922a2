import { diffOps } from '../../test/conformance/corpus/ops.js'
import { playSuite, type Played, type SentRequest } from '../../test/conformance/corpus/play.js'
import { readSuite, suitesIn, type Answer } from '../../test/conformance/corpus/suite.js'
import { addPlayed, layersText, noCorpusTotals } from '../../test/conformance/corpus/totals.js'

/** What of a corpus is played and printed. */
export interface CorpusOptions {
  readonly suites?: string | undefined
  /** Only cases whose ids contain it. */
  readonly cases?: string | undefined
  /** How many differences are printed in full. */
  readonly show: number
  /** The id of a case that is printed with its request and both responses. */
  readonly explain?: string | undefined
}

/** Whether a folder has suites of the corpus, rather than other compressed files. */
export function hasCorpus(folder: string): boolean {
  const [first] = suitesIn(folder)
  return first !== undefined && readSuite(folder, first).suite === first
}

/** Plays a corpus of single requests: a line a suite, differences, last `N of M equal`. */
export function playCorpus(folder: string, { suites, cases, show, explain }: CorpusOptions): void {
  const totals = noCorpusTotals()
  const wanted = suites?.split(',')
  const unequal: Played[] = []
  for (const name of suitesIn(folder)) {
    if (wanted !== undefined && !wanted.includes(name)) continue
    if (explain !== undefined && !explain.startsWith(`${name}/`)) continue
    const suite = readSuite(folder, name)
    const played = playSuite(suite, (id) =>
      explain === undefined ? cases === undefined || id.includes(cases) : explain.split('@')[0] === id,
    )
    if (explain !== undefined) {
      const found = played.find(({ id }) => id === explain)
      if (found !== undefined) explainCase(found)
      continue
    }
    const own = noCorpusTotals()
    addPlayed(own, played)
    addPlayed(totals, played)
    unequal.push(...played.filter(({ layers }) => layers.length > 0))
    if (own.cases > 0) console.log(`${name} (${suite.kind}): ${own.equal} of ${own.cases} equal`)
  }
  if (explain !== undefined) return
  unequal.slice(0, show).forEach(showDifference)
  console.log(`unequal by layer: ${layersText(totals)}`)
  console.log(`${totals.equal} of ${totals.cases} equal`)
}

function showDifference({ id, layers, want, got }: Played): void {
  console.log(`\n${id}: ${layers.join(', ')}`)
  for (const { op, path, value } of diffOps(want, got))
    console.log(`  ${op} ${path}${op === 'remove' ? '' : ` ${JSON.stringify(value)}`}`)
}

function explainCase(played: Played): void {
  console.log(`${curlText(played.request)}\n`)
  for (const [title, response] of Object.entries({ recorded: played.want, here: played.got }))
    console.log(`${title}: ${answerText(response)}\n`)
  if (played.layers.length === 0) console.log('equal')
  else showDifference(played)
}

const answerText = ({ code, ...rest }: Answer): string => `${code} ${JSON.stringify(rest, null, 2)}`

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

function curlText({ method, path, headers, user, body }: SentRequest): string {
  return [
    `curl -X ${method} ${quoted(`$SERVER${path}`).replace("'$SERVER", `"$SERVER"'`)}`,
    `-H ${quoted(`Authorization: Bearer ${user}`)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quoted(body)}`]),
  ].join(' \\\n  ')
}
