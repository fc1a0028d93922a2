import type { KubeObject } from '../../api/kind/definition.js'
import { YamlError, yamlDocuments } from '../../lang/yaml/read.js'
import type { VersionFinding, CheckRule, Severity } from './finding.js'
import { SourceLines } from './source-lines.js'
import { isMap } from '../../lang/json/maps.js'

/** A file of manifests. */
export interface ManifestFile {
  /** As findings name it: `deploy/web.yaml`. */
  readonly path: string
  readonly text: string
  /** The files from which a program has built it: findings are told there, as far as objects are found. */
  readonly builtFrom?: readonly ManifestFile[]
}

/** An object of a file, with its place. */
export interface Sourced {
  readonly object: KubeObject
  readonly file: string
  readonly lines: SourceLines
}

/** What files have. */
export interface ReadManifests {
  readonly objects: readonly Sourced[]
  readonly found: readonly VersionFinding[]
}

/** Files of tools that never reach an apiserver, by the group of their apiVersion. */
const TOOLS =
  /^(?:(?:kustomize|kubelet|kubeproxy|kubescheduler|kubecontrollermanager|apiserver|imagepolicy)\.config\.k8s\.io|config\.k8s\.io|kubeadm\.k8s\.io|kind\.(?:x-k8s\.io|sigs\.k8s\.io)|audit\.k8s\.io|client\.authentication\.k8s\.io|apiserver\.k8s\.io|eksctl\.io|skaffold|k3d\.io|minikube|ctlptl\.dev|ceph\.csi)(?:\/|$)/

/** Returns the name of an object as findings write it: `Deployment shop/web`. */
export function nameOf(
  { kind = '', metadata }: KubeObject,
  namespace: string | undefined = metadata?.namespace,
): string {
  const name = metadata?.name ?? metadata?.generateName ?? ''
  return `${kind} ${namespace === undefined || namespace === '' ? '' : `${namespace}/`}${name}`
}

/** Where and how bad a finding about an object is. */
export interface FindingAt {
  readonly rule: CheckRule
  readonly severity?: Severity
  readonly message: string
  /** Line of the file. Default: that of the object. */
  readonly line?: number
  readonly why?: string
}

/** Makes a finding about an object. */
export function findingAt(
  { object, file, lines }: Sourced,
  { rule, severity = 'error', message, line = lines.first, why }: FindingAt,
): VersionFinding {
  return { rule, severity, file, line, object: nameOf(object), message, ...(why ? { why } : {}) }
}

/** Reads the objects of files. Lists are expanded; what is no manifest is a finding. */
export function readManifests(files: readonly ManifestFile[]): ReadManifests {
  const objects: Sourced[] = []
  const found: VersionFinding[] = []
  for (const file of files) readFile(file, objects, found)
  return { objects, found }
}

function readFile(
  { path, text, builtFrom = [] }: ManifestFile,
  objects: Sourced[],
  found: VersionFinding[],
): void {
  const maps = new WeakMap<object, number>()
  const lines = text.split('\n')
  const originals = new Originals(readManifests(builtFrom).objects)
  const add = (rule: CheckRule, severity: Severity, line: number, message: string): void =>
    void found.push({ rule, severity, file: path, line, message })
  const take = (value: unknown): void => {
    if (value === null || value === undefined) return
    if (!isMap(value)) {
      add('not-checked', 'note', 1, 'skipped: a document is not an object with apiVersion and kind')
      return
    }
    const line = maps.get(value) ?? 1
    if (Array.isArray(value['items']) && String(value['kind']).endsWith('List')) {
      for (const item of value['items'] as unknown[]) take(typedItem(value, item, maps))
      return
    }
    const problem = notAnObject(value)
    if (problem !== undefined) add(problem.rule, problem.severity, line, problem.message)
    else {
      const object = value as typeof value & KubeObject
      const { file, lines: at } = originals.of(object) ?? {
        file: path,
        lines: new SourceLines(object, lines, maps),
      }
      objects.push({ object, file, lines: at })
    }
  }
  try {
    for (const { value, repeatedKeys } of yamlDocuments(text, { lines: maps, keepsOrder: true })) {
      for (const repeated of repeatedKeys)
        add(
          'invalid-object',
          'error',
          Number(/line (\d+)/.exec(repeated)?.[1] ?? 1),
          repeated.replace(/^\s*line \d+: /, ''),
        )
      take(value)
    }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const line = (error.place?.line ?? 0) + 1
    const isTemplate = /\{\{-?\s/.test(text)
    const hint = isTemplate
      ? '; it is a template: render it first, as in helm template . | simcluster check -'
      : ''
    add('invalid-yaml', 'error', line, `${error.problem}${hint}`)
  }
}

/** An item of a list, which may lack the type that the list names. */
function typedItem(
  list: Readonly<Record<string, unknown>>,
  item: unknown,
  maps: WeakMap<object, number>,
): unknown {
  if (!isMap(item) || (item['kind'] !== undefined && item['apiVersion'] !== undefined)) return item
  const kind = String(list['kind']).slice(0, -'List'.length)
  if (kind === '') return item
  const typed = { apiVersion: list['apiVersion'], kind, ...item }
  maps.set(typed, maps.get(item) ?? 1)
  return typed
}

/** Returns why a document is left out, or is wrong; undefined for an object. */
function notAnObject(
  value: Readonly<Record<string, unknown>>,
): Pick<VersionFinding, 'rule' | 'severity' | 'message'> | undefined {
  const { apiVersion, kind, metadata } = value
  const skipped = (why: string): Pick<VersionFinding, 'rule' | 'severity' | 'message'> => ({
    rule: 'not-checked',
    severity: 'note',
    message: `skipped: ${why}`,
  })
  if (typeof apiVersion === 'string' && typeof kind === 'string') {
    if (TOOLS.test(apiVersion) || (kind === 'Config' && apiVersion === 'v1'))
      return skipped(`${kind} of ${apiVersion} is read by a tool, not by the apiserver`)
    const { annotations } = (metadata ?? {}) as KubeObject['metadata']
    if (annotations?.['config.kubernetes.io/local-config'] === 'true')
      return skipped('it is annotated config.kubernetes.io/local-config')
    const hook = annotations?.['helm.sh/hook'] ?? ''
    if (
      hook !== '' &&
      hook.split(',').every((each) => /^\s*(?:test|(?:pre|post)-(?:delete|rollback))/.test(each))
    )
      return skipped(`helm runs it only on ${hook}`)
    if (metadata !== undefined && !isMap(metadata))
      return { rule: 'invalid-object', severity: 'error', message: 'metadata is not a map' }
    return undefined
  }
  const isMeant = isMap(metadata) && ('spec' in value || 'data' in value || 'name' in metadata)
  if (apiVersion === undefined && kind === undefined && !isMeant)
    return skipped('it has no apiVersion and kind, so that it is no manifest')
  if (apiVersion !== undefined && kind === undefined && !isMeant && metadata === undefined)
    return skipped('it has no kind, so that it is no manifest')
  if (typeof kind === 'string' && apiVersion === undefined && metadata === undefined)
    return skipped('it has no apiVersion and metadata, so that it is no manifest')
  const missing = typeof apiVersion === 'string' ? 'kind' : 'apiVersion'
  return {
    rule: 'not-an-object',
    severity: 'error',
    message:
      value[missing] === undefined
        ? `${missing} is missing`
        : `${missing} is ${JSON.stringify(value[missing])}, and must be a text`,
  }
}

/** The objects from which others were built, by their kinds and names. */
class Originals {
  /** The fullest ones first: a patch looks like its object. */
  readonly #all: readonly Sourced[]

  constructor(all: readonly Sourced[]) {
    this.#all = all
      .map((each) => ({ each, size: JSON.stringify(each.object).length }))
      .toSorted((a, b) => b.size - a.size)
      .map(({ each }) => each)
  }

  /** Returns the original of an object; its name may lack a prefix or suffix. */
  of({ kind, metadata }: KubeObject): Sourced | undefined {
    const name = metadata?.name ?? ''
    const lengthOf = ({ object }: Sourced): number => object.metadata?.name?.length ?? 0
    return this.#all
      .filter((each) => each.object.kind === kind && lengthOf(each) > 0)
      .filter(({ object }) => name.includes(object.metadata.name ?? ''))
      .toSorted((a, b) => lengthOf(b) - lengthOf(a))[0]
  }
}
