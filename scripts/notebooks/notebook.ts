import type { AskStep, Chapter, EventStep, Step } from '../../src/course/chapter.js'
import type { Language } from '../../src/lang/text/phrases.js'
import { LACKS_NOTHING, WITHIN_SKEW } from '../../src/course/ask.js'
import { LESSONS } from '../../src/course/lessons/index.js'
import type { Output } from './kernel.js'

/** A cell of a chapter, in both languages. Code differs in the language of pictures and lessons only. */
export type Cell =
  | { readonly kind: 'markdown'; readonly text: Readonly<Record<Language, string>> }
  | { readonly kind: 'code'; readonly code: Readonly<Record<Language, string>> }

const WORDS = {
  ko: {
    goals: '**목표**',
    lessons: '이어서 풀어 볼 실습',
    lesson:
      '`await lesson(ID)`는 고장 난 클러스터를 엽니다. 셀을 더해 `await sh(...)`로 고치고, `await check()`로 목표마다 확인하세요. 두 번째 ' +
      '인수는 시드이며 이름과 고장 난 곳을 새로 뽑습니다.',
  },
  en: {
    goals: '**Goals**',
    lessons: 'Lessons to go on with',
    lesson:
      '`await lesson(ID)` opens a broken cluster. Add cells, repair it with `await sh(...)`, and let ' +
      '`await check()` judge goal by goal. A second argument is a seed, which draws other names and ' +
      'another place of the fault.',
  },
} as const

const PREDICT = { ko: '예측해 보세요', en: 'Predict' } as const

/** Returns a chapter as cells: prose, and code that plays it with the public API. */
export function cellsOf(chapter: Chapter): readonly Cell[] {
  const { number, title, goals, lessons, sections } = chapter
  const head = (language: Language): string => {
    const list = goals.map((goal) => `- ${goal[language]}`)
    return [`# ${number}. ${title[language]}`, WORDS[language].goals, list.join('\n')].join('\n\n')
  }
  const cells = sections.flatMap(({ rows, title: heading, steps }) => [
    markdown((language) => `## ${rows.length === 0 ? '' : `${rows.join(', ')}. `}${heading[language]}`),
    ...steps.map(cellOf),
  ])
  const [first, ...others] = lessons
  return joined([
    markdown(head),
    code((language) => startCode(chapter, language)),
    ...cells,
    markdown((language) => `## ${WORDS[language].lessons}\n\n${WORDS[language].lesson}`),
    ...(first === undefined ? [] : [code(() => `await lesson('${first}')`), code(() => `await check()`)]),
    markdown((language) =>
      others.map((id) => `- \`await lesson('${id}')\`: ${titleOf(id, language)}`).join('\n'),
    ),
  ])
}

const titleOf = (id: string, language: Language): string =>
  LESSONS.find((each) => each.id === id)?.texts[language].title ?? id

function code(codeIn: (language: Language) => string): Cell {
  return { kind: 'code', code: { ko: codeIn('ko'), en: codeIn('en') } }
}

function markdown(textIn: (language: Language) => string): Cell {
  return { kind: 'markdown', text: { ko: textIn('ko'), en: textIn('en') } }
}

/** Markdown that follows markdown is one cell. */
function joined(cells: readonly Cell[]): readonly Cell[] {
  const result: Cell[] = []
  for (const cell of cells) {
    const last = result.at(-1)
    if (cell.kind === 'markdown' && last?.kind === 'markdown')
      result[result.length - 1] = markdown((language) => `${last.text[language]}\n\n${cell.text[language]}`)
    else result.push(cell)
  }
  return result
}

/** A text as a literal of JavaScript. */
function literal(text: string): string {
  if (!/['\\\n]/.test(text)) return `'${text}'`
  return `\`${text.replaceAll(/[\\`]|\$(?=\{)/g, String.raw`\$&`)}\``
}

function cellOf(step: Step): Cell {
  switch (step.kind) {
    case 'prose':
      return markdown((language) => step.text[language])
    case 'file':
      if (step.isInitial) return markdown(() => `\`${step.path}\`:\n\n\`\`\`yaml\n${step.text}\`\`\``)
      return code(() => `await sh(${literal(`cat > ${step.path} <<'EOF'\n${step.text}EOF`)})`)
    case 'command':
      return code(() => `await sh(${literal(step.line)})`)
    case 'event':
      return code(() => eventCode(step))
    case 'predict':
      return step.part === 'question'
        ? markdown((language) => `> ${PREDICT[language]}: **${step.question[language]}**`)
        : code(() => `await sh(${literal(step.line)})`)
    case 'ask':
      return code((language) => askCode(step, language))
  }
}

/** What begins every notebook: the cluster, a shell on its control plane, and how a picture is shown. */
function startCode({ start, sections }: Chapter, language: Language): string {
  const steps = sections.flatMap((section) => section.steps)
  const asks = new Set(steps.flatMap((step) => (step.kind === 'ask' ? [step.question.split(' ')[0]] : [])))
  const views = [
    'viewOf',
    ...(asks.has('certificates') ? ['viewOfCertificates'] : []),
    ...(asks.has('network') ? ['viewOfNetwork'] : []),
  ]
  const hasMatrix = asks.has('matrix') || asks.has('network')
  const leaves = steps.some((step) => step.kind === 'event' && step.event === 'another-cluster')
  return [
    "import { SimCluster } from 'simcluster'",
    "import { hostOf } from 'simcluster/host'",
    "import { judge, openLesson, type OpenLesson } from 'simcluster/lessons'",
    ...(hasMatrix ? ["import { reachability, worldOf } from 'simcluster/netpol'"] : []),
    `import { ${views.join(', ')} } from 'simcluster/view'`,
    '',
    `const lang = '${language}'`,
    SHELL,
    '',
    `let cluster = new SimCluster(${JSON.stringify(start.cluster, undefined, 2)})`,
    ...start.manifests.map((manifest) => `cluster.apply(${literal(manifest)})`),
    'cluster.settle()',
    ...(start.age === undefined ? [] : [`cluster.advance('${start.age}')`]),
    "let master = hostOf(cluster, 'master')",
    ...(hasMatrix ? [OWN_WORLD] : []),
    ...(leaves ? ['', DESKS] : []),
    LESSON,
    'await show(viewOf(cluster))',
  ].join('\n')
}

const SHELL = `/** Types a line on the control plane, or where ssh has led. */
async function sh(line: string): Promise<void> {
  const { terminal } = await master.sh(line)
  if (terminal !== '') console.log(terminal.trimEnd())
}
/** Shows a picture. */
async function show(picture: object): Promise<void> {
  const drawn = picture as Record<symbol, (options: object) => Record<string, string>>
  await Deno.jupyter.display(drawn[Symbol.for('Jupyter.display')]!({ lang }), { raw: true })
}`

const LESSON = `let open: OpenLesson | undefined
/** Opens a lesson: its cluster becomes the one that sh types into. */
async function lesson(id: string, seed = 0): Promise<void> {
  open = await openLesson(id, { seed })
  cluster = open.cluster
  master = open.master
  const { title, symptom } = open.lesson.texts[lang]
  console.log(\`\${title}\\n\\n\${symptom}\`)
  await show(viewOf(cluster))
}
/** Judges the lesson, goal by goal. */
async function check(): Promise<void> {
  if (open === undefined) throw new Error("open a lesson first: await lesson('T1-selector')")
  const { goals, broken, isSolved } = await judge(open.lesson, open)
  for (const { text, isReached, missing } of goals)
    console.log([(isReached ? '✓ ' : '✗ ') + text[lang], ...missing].join('\\n    '))
  for (const { text } of broken) console.log('✗ ' + text[lang])
  if (isSolved) console.log(open.lesson.texts[lang].explanation)
}`

const OWN_WORLD = `/** The cluster as policies see it, without the system's own pods. */
function ownWorld() {
  const world = worldOf(cluster)
  const isOwn = (namespace = '') => !namespace.startsWith('kube-')
  return { ...world, pods: world.pods?.filter(({ metadata }) => isOwn(metadata.namespace)) }
}`

const DESKS = `/** Opens a terminal on another cluster, with copies of the files in /root. */
async function goTo(next: SimCluster): Promise<void> {
  const other = hostOf(next, 'master')
  for (const name of (await master.sh('ls /root')).stdout.trim().split('\\n')) {
    const text = master.read(\`/root/\${name}\`)
    if (text !== undefined) other.write(\`/root/\${name}\`, text)
  }
  cluster = next
  master = other
}
const first = { cluster, master }`

function eventCode({ event, argument = '' }: EventStep): string {
  const happens = {
    wait: `cluster.advance('${argument}')`,
    settle: 'cluster.settle()',
    crash: `cluster.node('${argument}').crash()`,
    recover: `cluster.node('${argument}').recover()`,
    reboot: `cluster.node('${argument}').reboot()\ncluster.settle()`,
    'another-cluster':
      "await goTo(new SimCluster({\n  version: cluster.version,\n  like: 'kubeadm',\n  nodes: 3,\n" +
      "  time: { start: cluster.now() },\n  containers: { unknownImages: 'pullError' },\n}))",
    'first-cluster': 'cluster = first.cluster\nmaster = first.master',
  }[event]
  return `${happens}\nawait show(viewOf(cluster))`
}

function askCode({ question }: AskStep, language: Language): string {
  const [name = '', one = '', two = '', three = '', four] = question.split(' ')
  const [a, b, c] = [one, two, three].map(literal)
  const scope = four === undefined ? '' : `, { namespace: ${literal(four)} }`
  const matrix = 'await show(reachability(ownWorld(), { outside: false }))'
  const asked: Readonly<Record<string, string>> = {
    can: `await show(cluster.can({ user: ${a} }, ${b}, ${c}${scope}))`,
    connect: `await show(cluster.network.connect({ from: ${a}, to: ${b}, port: ${three} }))`,
    matrix,
    network: `await show(viewOfNetwork(cluster))\n${matrix}`,
    certificates: 'await show(viewOfCertificates(cluster))',
    why: `console.log(cluster.why(${a}, ${b}, { lang }) || '${one} ${two}: ${LACKS_NOTHING[language]}')`,
    components:
      "for (const { component, version, node = '' } of cluster.versions.components())\n" +
      '  console.log(component, version, node)',
    skew:
      'const faults = cluster.versions.skew()\n' +
      `console.log(faults.length === 0 ? '${WITHIN_SKEW[language]}' : faults)`,
    'feature-gates':
      'for (const { name, stage, enabled } of cluster.versions.featureGates())\n' +
      "  console.log(name, stage, enabled ? 'on' : 'off')",
  }
  return asked[name] ?? ''
}

/**
 * Returns a notebook (nbformat 4.5) in one language; `outputs` are those of the code cells in order, or none
 * for students, who run it themselves.
 */
export function notebookText(
  cells: readonly Cell[],
  outputs: readonly (readonly Output[])[] | undefined,
  language: Language,
): string {
  let count = 0
  const written = cells.map((cell, at) => {
    const id = `cell-${at + 1}`
    if (cell.kind === 'markdown')
      return { cell_type: 'markdown', id, metadata: {}, source: linesOf(cell.text[language]) }
    count++
    const said = (outputs?.[count - 1] ?? []).map(storedOutput)
    return {
      cell_type: 'code',
      execution_count: outputs === undefined ? null : count,
      id,
      metadata: {},
      outputs: said,
      source: linesOf(cell.code[language]),
    }
  })
  const metadata = {
    kernelspec: { display_name: 'Deno', language: 'typescript', name: 'deno' },
    language_info: { file_extension: '.ts', mimetype: 'text/x.typescript', name: 'typescript' },
  }
  return `${JSON.stringify({ cells: written, metadata, nbformat: 4, nbformat_minor: 5 }, undefined, 1)}\n`
}

function storedOutput(output: Output): object {
  if (output.output_type === 'stream')
    return { name: output.name, output_type: 'stream', text: linesOf(output.text) }
  if (output.output_type === 'error') return { ...output, traceback: [] }
  // the kernel sends the types in any order
  const data = Object.entries(output.data)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, value]) => [type, typeof value === 'string' ? linesOf(value) : value])
  return { data: Object.fromEntries(data) as object, metadata: {}, output_type: output.output_type }
}

/** Lines with their ends, as notebooks store texts. */
const linesOf = (text: string): readonly string[] => text.split(/(?<=\n)/)
