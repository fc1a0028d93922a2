import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** An option as its docstring describes it. */
export interface DocumentedOption {
  /** `network.podCIDR` */
  readonly path: string
  readonly text: string
  readonly fallback: string | undefined
  readonly example: string | undefined
}

const SOURCE = 'src/cluster/compose/options.ts'

/** Interfaces of options, with the group that they are. */
const GROUPS: Readonly<Record<string, string>> = {
  ClusterOptions: '',
  AddonOptions: 'addons',
  NetworkOptions: 'network',
  AccessOptions: 'access',
  AdmissionOptions: 'admission',
  ContainerOptions: 'containers',
  KubeadmOptions: 'kubeadm',
  TimeOptions: 'time',
  LimitOptions: 'limits',
  ExtensionOptions: 'extensions',
}

/** Reads the options of `new SimCluster()` from their docstrings. */
export function documentedOptions(): readonly DocumentedOption[] {
  const source = ts.createSourceFile(SOURCE, readFileSync(SOURCE, 'utf8'), ts.ScriptTarget.Latest, true)
  const found = new Map<string, readonly DocumentedOption[]>()
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement)) continue
    const group = GROUPS[statement.name.text]
    if (group !== undefined)
      found.set(
        group,
        statement.members.flatMap((member) => optionOf(member, group)),
      )
  }
  return Object.values(GROUPS).flatMap((group) => found.get(group) ?? [])
}

const plain = (text: string | ts.NodeArray<ts.JSDocComment> | undefined): string | undefined =>
  ts.getTextOfJSDocComment(text)?.replace(/\s+/g, ' ').trim()

function optionOf(member: ts.TypeElement, group: string): readonly DocumentedOption[] {
  const name = member.name?.getText() ?? ''
  // a group has its options, each with its own docstring
  if (group === '' && Object.values(GROUPS).includes(name)) return []
  const doc = ts.getJSDocCommentsAndTags(member).find(ts.isJSDoc)
  const tag = (wanted: string): string | undefined =>
    plain(ts.getJSDocTags(member).find(({ tagName }) => tagName.text === wanted)?.comment)
  return [
    {
      path: group === '' ? name : `${group}.${name}`,
      text: plain(doc?.comment) ?? '',
      fallback: tag('default'),
      example: tag('example'),
    },
  ]
}

/** Returns docs/options.md. */
export function optionsPage(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|')
  const rows = documentedOptions().map(
    ({ path, text, fallback = '', example = '' }) =>
      `| \`${path}\` | ${cell(text)} | ${cell(fallback)} | \`${cell(example)}\` |`,
  )
  return `# Options of a cluster

\`new SimCluster(options)\` takes the options of this table. Any other option is an error that names the nearest
one. \`fork()\` and \`SimCluster.restore()\` take some of them over those of the original. \`kubeadm\` also takes
\`nodeName\`, \`dnsDomain\`, \`controlPlaneEndpoint\`, \`certSANs\`, \`clusterName\` and the validity of certificates,
as kubeadm's configuration does. \`npx tsx scripts/options-page.ts\` prints this page from the docstrings.

| option | what it does | default | example |
|---|---|---|---|
${rows.join('\n')}
`
}

if (process.argv[1]?.endsWith('options-page.ts') === true) process.stdout.write(optionsPage())
