import { InputError } from '../../lang/input-error.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { yamlDocuments, YamlError } from '../../lang/yaml/read.js'
import { type ManifestFile, nameOf, readManifests } from '../../cluster/check/read-manifests.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { DEFAULTS } from '../../cluster/compose/options.js'
import { checkPlan } from '../inputs.js'
import type { UpgradePlan } from './finding.js'
import { gatesAfter, gatesIn, type SetGates, unknownGates } from './gates.js'
import { judgeUpgrade } from './judge.js'
import { minorsOf, type UpgradeSpan } from './releases.js'
import { clientsOf, unreadableAfter } from './stored.js'

/**
 * Returns what an upgrade does, minor by minor. Of manifests: API versions that are removed, objects that
 * become invalid, defaults that change, as a server of each release says in a dry run. Of a cluster: values
 * in etcd that the next release cannot read, and clients that write in versions that are removed. Of both:
 * feature gates that are locked or unknown. An object goes on in the version that it was told to use.
 *
 * @throws InputError for a release that is unknown or not later, or manifests without objects
 * @example
 * const { findings } = planUpgrade(readFileSync('web.yaml', 'utf8'), { from: 'v1.24', to: 'v1.35' })
 * expect(findings.filter(({ change }) => change === 'removed')).toEqual([])
 */
export function planUpgrade(
  source: string | readonly ManifestFile[] | SimCluster,
  options: UpgradeSpan,
): UpgradePlan {
  checkPlan([source, options])
  const { from, to = DEFAULTS.version } = options
  const minors = minorsOf(from, to)
  if (source instanceof SimCluster) return ofCluster(source, minors)
  const files = typeof source === 'string' ? [{ path: '', text: source }] : source
  const { objects, found } = readManifests(files)
  const judged = judgeUpgrade(minors, objects, 'default')
  const set = files.flatMap(gatesOfFile)
  if (objects.length + found.length + set.length === 0)
    throw new InputError('planUpgrade(): the manifests have no objects: there is nothing to upgrade')
  const unread = found.map(({ file, line, message }) => `${file === '' ? 'line' : file}:${line}: ${message}`)
  return planOf(minors, {
    objects: objects.length,
    findings: [...judged.findings, ...gatesAfter(set, minors)],
    notChecked: [...unread, ...judged.notChecked, ...unknownGates(set)],
  })
}

function ofCluster(cluster: SimCluster, minors: readonly string[]): UpgradePlan {
  const resources = cluster.state.resources()
  const objects = resources.flatMap((name) => cluster.state.peek(name as 'pods') as readonly KubeObject[])
  const set = objects
    .filter(({ metadata }) => metadata.namespace === 'kube-system')
    .map((object): SetGates => ({ object: nameOf(object), gates: gatesIn(readable(object)) }))
  return planOf(minors, {
    objects: objects.length,
    findings: [
      ...unreadableAfter(cluster, minors),
      ...clientsOf(cluster, minors),
      ...gatesAfter(set, minors),
    ],
    notChecked: unknownGates(set),
  })
}

/** The files in a ConfigMap, such as kubeadm-config, as what they say. */
function readable(object: KubeObject): unknown {
  if (object.kind !== 'ConfigMap') return object
  const { data = {} } = object as { readonly data?: Readonly<Record<string, string>> }
  return Object.values(data).flatMap(documentsIn)
}

function documentsIn(text: string): readonly unknown[] {
  try {
    return [...yamlDocuments(text)].map(({ value }) => value)
  } catch (error) {
    if (error instanceof YamlError) return []
    throw error
  }
}

/** Files of kubeadm and the kubelet set gates, too, and are no objects. */
const gatesOfFile = ({ path, text }: ManifestFile): readonly SetGates[] =>
  documentsIn(text).map((value) => {
    const { kind = 'document', metadata } = (value ?? {}) as Partial<KubeObject>
    const name = metadata === undefined ? `${kind} of ${path}` : nameOf(value as KubeObject)
    return { object: name, gates: gatesIn(value) }
  })

const numberOf = (release: string): number => Number(release.slice('v1.'.length))

const planOf = (minors: readonly string[], plan: Omit<UpgradePlan, 'from' | 'to'>): UpgradePlan => ({
  from: minors[0] ?? '',
  to: minors.at(-1) ?? '',
  objects: plan.objects,
  findings: plan.findings.toSorted((a, b) => numberOf(a.release) - numberOf(b.release)),
  notChecked: plan.notChecked,
})
