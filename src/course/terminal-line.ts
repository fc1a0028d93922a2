import type { SimCluster } from '../cluster/sim-cluster.js'
import type { Host } from '../host/index.js'

/** Commands of kubectl that a learner types. */
const KUBECTL =
  'annotate api-resources api-versions apply attach auth autoscale certificate cluster-info completion ' +
  'config cordon cp create debug delete describe diff drain edit events exec explain expose get ' +
  'kustomize label logs options patch port-forward proxy replace rollout run scale set taint top ' +
  'uncordon version wait'
/** What the second word of some commands may be. */
const SECOND: Readonly<Record<string, string>> = {
  rollout: 'history pause restart resume status undo',
  config: 'current-context get-clusters get-contexts get-users set-context set-credentials use-context view',
  auth: 'can-i reconcile whoami',
  create:
    'clusterrole clusterrolebinding configmap cronjob deployment ingress job namespace poddisruptionbudget ' +
    'priorityclass quota role rolebinding secret service serviceaccount token',
  certificate: 'approve deny',
  set: 'env image resources selector serviceaccount subject',
  top: 'node pod',
}
const FLAGS =
  '--all --all-namespaces --as= --delete-emptydir-data --dry-run=client --field-selector= --filename= ' +
  '--follow --force --from-literal= --grace-period= --ignore-daemonsets --image= --labels= --namespace ' +
  '--output --overwrite --port= --previous --replicas= --selector= --serviceaccount= --show-labels ' +
  '--sort-by= --tail= --user= --verb= --resource= --watch'
const SHELL =
  'alias awk base64 cat cd clear cut echo env exit export find grep gzip head history ls mkdir mv pwd ' +
  'rm sed sleep sort tail tee touch tr uniq vi wc xargs zcat'

/** `k` as a command, first or behind an operator; not behind every bracket, since awk has some, too. */
const ALIAS = /(^\s*(?:[{(!]\s*)?|[|;&`]\s*|\$\(\s*)k(?=\s|$)/g
/** `k` as a command behind a word of the shell. */
const ALIAS_BEHIND_WORD = /(?<=^|[\s;])((?:do|then|else|if|while|until|time|watch(?: -\S+)*)\s+)k(?=\s|$)/g

/** A typed line with `k` for kubectl, as the documentation of kubectl proposes. */
export const withAlias = (line: string): string =>
  line.replaceAll(ALIAS, '$1kubectl').replaceAll(ALIAS_BEHIND_WORD, '$1kubectl')

/** Words that may stand at the end of a line, and the part of the line that they replace. */
export interface Completion {
  readonly from: number
  readonly words: readonly string[]
}

/** Completes the last word of a line, as bash with kubectl's completion does. */
export async function complete(line: string, host: Host): Promise<Completion> {
  const from = Math.max(line.lastIndexOf(' '), line.lastIndexOf('|'), line.lastIndexOf(';')) + 1
  const start = line.slice(from)
  const [, command = ''] = /(?:^|[|;&])\s*([^|;&]*)$/.exec(line.slice(0, from)) ?? []
  const words = command
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')
  const found = candidates(words, start, host)
  const matching = [...new Set(found ?? (await paths(start, host)))].filter((word) => word.startsWith(start))
  return { from, words: matching.toSorted() }
}

/** Undefined means a file. */
function candidates(words: readonly string[], start: string, host: Host): readonly string[] | undefined {
  const { cluster } = host
  const [program, verb, kind] = words
  if (program === undefined) return [...host.commands, 'k', ...SHELL.split(' ')]
  if (program === 'ssh') return cluster.nodes().map(({ name }) => name)
  if (program === 'kubeadm' && verb === undefined)
    return ['certs', 'config', 'init', 'join', 'kubeconfig', 'reset', 'token', 'upgrade', 'version']
  if (program === 'systemctl' && verb === undefined)
    return ['daemon-reload', 'restart', 'start', 'status', 'stop', 'enable', 'disable', 'is-active']
  if (program !== 'kubectl' && program !== 'k') return undefined
  if (verb === undefined) return KUBECTL.split(' ')
  const last = words.at(-1)
  if (last === '-f' || last === '--filename') return undefined
  if (last === '-n' || last === '--namespace') return namesOf(cluster, 'namespaces')
  if (last === '-o' || last === '--output') return ['wide', 'yaml', 'json', 'name', 'jsonpath=']
  if (start.startsWith('-')) return FLAGS.split(' ')
  if (['drain', 'cordon', 'uncordon'].includes(verb)) return namesOf(cluster, 'nodes')
  if (['logs', 'exec', 'attach', 'port-forward'].includes(verb))
    return namesOf(cluster, 'pods', namespaceOf(words))
  if (kind === undefined && SECOND[verb] !== undefined) return SECOND[verb].split(' ')
  if (kind === undefined) return resourcesOf(cluster)
  if (
    ['pod', 'po', 'node', 'no', 'deploy', 'svc', 'ns'].includes(kind) ||
    resourcesOf(cluster).includes(kind)
  )
    return namesOf(cluster, kind, namespaceOf(words))
  return undefined
}

function namespaceOf(words: readonly string[]): string {
  const at = words.findIndex((word) => word === '-n' || word === '--namespace')
  return at < 0 ? 'default' : (words[at + 1] ?? 'default')
}

function resourcesOf(cluster: SimCluster): readonly string[] {
  return cluster.state.resources().filter((name) => !name.includes('reviews'))
}

/** On a fork, since a request is part of the trace. Without an apiserver there are none. */
function namesOf(cluster: SimCluster, kind: string, namespace = 'default'): readonly string[] {
  const { stdout, exitCode } = cluster.fork().kubectl(['kubectl', 'get', kind, '-n', namespace, '-o', 'name'])
  return exitCode === 0
    ? stdout
        .split('\n')
        .map((name) => name.slice(name.indexOf('/') + 1))
        .filter(Boolean)
    : []
}

async function paths(start: string, host: Host): Promise<readonly string[]> {
  const folder = start.slice(0, start.lastIndexOf('/') + 1)
  const { stdout } = await host.on(host.cluster.fork()).sh(`ls -1F ${folder === '' ? '.' : `'${folder}'`}`)
  return stdout
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => folder + name.replace(/[*@]$/, ''))
}

/** The longest beginning that words share. */
export function commonStart(words: readonly string[]): string {
  let start = words[0] ?? ''
  for (const word of words) while (!word.startsWith(start)) start = start.slice(0, -1)
  return start
}
