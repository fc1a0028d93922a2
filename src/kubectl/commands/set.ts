import { quote } from '../../lang/go/quote.js'
import type { Container, Service } from '../../api/core/generated.js'
import type { LabelSelectorRequirement } from '../../api/meta/generated.js'
import type { RoleBinding, Subject } from '../../api/rbac/generated.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { selectorOf } from '../create/policies.js'
import { KubectlError } from '../call/errors.js'
import { matchesName, podSpecOf, withContainers, withPodSpec } from '../objects/pod-spec.js'
import type { Info } from '../args/resource-args.js'
import { resourceList } from '../args/resource-list.js'
import {
  objectsToSet,
  readToSet,
  refuseLocalServerRun,
  refuseResourcesLocally,
  setObjects,
} from '../set/changes.js'
import { setEnv } from '../set/env.js'
import { isPair, splitChanges } from './split-changes.js'

/** `kubectl set image`, `env`, `resources`, `selector`, `serviceaccount`, `subject`. */
export const set: KubectlCommand = {
  name: 'set',
  commands: [
    { name: 'image', run: setImage },
    { name: 'env', run: setEnv },
    { name: 'resources', run: setResources },
    { name: 'selector', run: setSelector },
    { name: 'serviceaccount', aliases: ['sa'], run: setServiceAccount },
    { name: 'subject', run: setSubject },
  ],
}

const ALL_AND_SELECTOR = 'cannot set --all and --selector at the same time'

/**
 * `kubectl set image TYPE/NAME CONTAINER=IMAGE ...`; `*` stands for all containers. Source: kubectl
 * pkg/cmd/set/set_image.go.
 */
function setImage(call: CommandLine): void {
  const { flags } = call
  const { resources, changes } = splitChanges(call.args, 'image', isPair)
  const images = imagesOf(changes)
  refuseResourcesLocally(call, resources)
  const infos = objectsToSet(call, resources)
  if (flags.bool('all') && flags.string('selector') !== '') throw new KubectlError(ALL_AND_SELECTOR)
  if (images.size === 0) throw new KubectlError('at least one image update is required')
  if (images.size > 1 && images.has('*'))
    throw new KubectlError(
      'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    )
  refuseLocalServerRun(call)
  setObjects(
    call,
    infos,
    { done: 'image updated', failure: 'failed to patch image update to pod template:' },
    (info, complain) => {
      const { containers, initContainers = [] } = podSpecOf(info)
      const known = new Set([...containers, ...initContainers].map(({ name }) => name))
      for (const name of images.keys())
        if (name !== '*' && !known.has(name)) complain(`error: unable to find container named ${quote(name)}`)
      return withPodSpec(info, (spec) => withContainers(spec, (container) => withImage(container, images)))
    },
  )
}

/** Source: kubectl pkg/cmd/util/helpers.go ParsePairs. */
function imagesOf(changes: readonly string[]): ReadonlyMap<string, string> {
  const invalid = changes.filter((change) => !change.includes('='))
  if (invalid.length > 0) throw new KubectlError(`invalid image format: ${invalid.join(', ')}`)
  return new Map(
    changes.map((pair) => {
      const at = pair.indexOf('=')
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

function withImage(container: Container, images: ReadonlyMap<string, string>): Container {
  const image = images.get(container.name) ?? images.get('*')
  return image === undefined ? container : { ...container, image }
}

/**
 * `kubectl set resources TYPE/NAME --limits=cpu=1 --requests=...`. Source: kubectl
 * pkg/cmd/set/set_resources.go.
 */
function setResources(call: CommandLine): void {
  const { flags, args } = call
  refuseResourcesLocally(call, args)
  const infos = objectsToSet(call, args)
  refuseLocalServerRun(call)
  if (flags.bool('all') && flags.string('selector') !== '') throw new KubectlError(ALL_AND_SELECTOR)
  const [limits, requests] = [flags.string('limits'), flags.string('requests')]
  if (limits === '' && requests === '')
    throw new KubectlError(
      'you must specify an update to requests or limits (in the form of --requests/--limits)',
    )
  const [newLimits, newRequests] = [resourceList(limits), resourceList(requests)]
  const pattern = flags.string('containers')
  const texts = {
    done: 'resource requirements updated',
    failure: 'failed to patch resources update to pod template',
  }
  setObjects(call, infos, texts, (info, complain) => {
    const { containers, initContainers = [] } = podSpecOf(info)
    if (![...containers, ...initContainers].some(({ name }) => matchesName(name, pattern)))
      complain(`error: unable to find container named ${pattern}`)
    return withPodSpec(info, (spec) =>
      withContainers(spec, (container) => {
        if (!matchesName(container.name, pattern)) return container
        const known = container.resources ?? {}
        const resources = {
          ...known,
          ...(limits === '' ? {} : { limits: { ...known.limits, ...newLimits } }),
          ...(requests === '' ? {} : { requests: { ...known.requests, ...newRequests } }),
        }
        return { ...container, resources }
      }),
    )
  })
}

/** `kubectl set serviceaccount TYPE/NAME ACCOUNT`. Source: kubectl pkg/cmd/set/set_serviceaccount.go. */
function setServiceAccount(call: CommandLine): void {
  refuseLocalServerRun(call)
  const name = call.args.at(-1)
  if (name === undefined) throw new KubectlError('serviceaccount is required')
  setObjects(
    call,
    objectsToSet(call, call.args.slice(0, -1)),
    { done: 'serviceaccount updated', failure: 'failed to patch ServiceAccountName', saysAlways: true },
    (info) => withPodSpec(info, (spec) => ({ ...spec, serviceAccountName: name })),
  )
}

/**
 * `kubectl set selector svc/NAME a=b,c=d`: replaces the selector. Source: kubectl
 * pkg/cmd/set/set_selector.go.
 */
function setSelector(call: CommandLine): void {
  const { args, flags } = call
  const text = args.at(-1)
  if (text === undefined) throw new KubectlError('one selector is required')
  const { matchLabels = {}, matchExpressions } = selectorOf(text)
  const resources = args.slice(0, -1)
  refuseResourcesLocally(call, resources)
  const version = flags.string('resource-version')
  const { infos, errors } = readToSet(call, resources)
  setObjects(
    call,
    infos,
    { done: 'selector updated', isNameless: true, saysAlways: true },
    (info) => {
      if (info.definition.kind !== 'Service')
        throw new KubectlError(`setting a selector is only supported for Services`)
      if (matchExpressions !== undefined)
        throw new KubectlError(`match expression ${goText(matchExpressions)} not supported on this object`)
      const service = info.object as Service
      return {
        ...service,
        ...(version === '' ? {} : { metadata: { ...service.metadata, resourceVersion: version } }),
        spec: { ...service.spec, selector: matchLabels },
      } as Service
    },
    errors,
  )
}

const goText = (expressions: readonly LabelSelectorRequirement[]): string =>
  `[${expressions.map(goExpression).join(' ')}]`

const goExpression = ({ key, operator, values = [] }: LabelSelectorRequirement): string =>
  `{${key} ${operator} [${values.join(' ')}]}`

const GROUP = 'rbac.authorization.k8s.io'

/**
 * `kubectl set subject rolebinding/NAME --user --group --serviceaccount`: adds missing subjects. Source:
 * kubectl pkg/cmd/set/set_subject.go.
 */
function setSubject(call: CommandLine): void {
  const { flags, args } = call
  refuseResourcesLocally(call, args)
  const infos = objectsToSet(call, args)
  refuseLocalServerRun(call)
  if (flags.bool('all') && flags.string('selector') !== '') throw new KubectlError(ALL_AND_SELECTOR)
  const [users, groups, accounts] = [
    flags.strings('user'),
    flags.strings('group'),
    flags.strings('serviceaccount'),
  ]
  if (users.length === 0 && groups.length === 0 && accounts.length === 0) {
    throw new KubectlError('you must specify at least one value of user, group or serviceaccount')
  }
  for (const text of accounts) checkAccount(text, infos)
  const wanted: readonly Subject[] = [
    ...[...new Set(users)].sort().map((name) => ({ kind: 'User', apiGroup: GROUP, name })),
    ...[...new Set(groups)].sort().map((name) => ({ kind: 'Group', apiGroup: GROUP, name })),
    ...[...new Set(accounts)].sort().map((text) => accountOf(text, call.namespace)),
  ]
  setObjects(
    call,
    infos,
    { done: 'subjects updated', failure: 'failed to patch subjects to rolebinding:' },
    ({ definition, object }) => {
      if (definition.kind !== 'RoleBinding' && definition.kind !== 'ClusterRoleBinding')
        throw new KubectlError('setting subjects is only supported for RoleBinding/ClusterRoleBinding')
      const binding = object as RoleBinding
      const known = binding.subjects ?? []
      const added = wanted.filter((one) => !known.some((other) => sameSubject(one, other)))
      return { ...binding, subjects: [...known, ...added] }
    },
  )
}

function checkAccount(text: string, infos: readonly Info[]): void {
  const [namespace, name = '', ...more] = text.split(':')
  if (name === '' || more.length > 0) throw new KubectlError('serviceaccount must be <namespace>:<name>')
  if (namespace === '' && infos.some(({ definition }) => definition.kind === 'ClusterRoleBinding'))
    throw new KubectlError('serviceaccount must be <namespace>:<name>, namespace must be specified')
}

function accountOf(text: string, fallback: string): Subject {
  const [namespace = '', name = ''] = text.split(':')
  return { kind: 'ServiceAccount', name, namespace: namespace || fallback }
}

const sameSubject = (a: Subject, b: Subject): boolean =>
  a.kind === b.kind &&
  a.name === b.name &&
  (a.apiGroup ?? '') === (b.apiGroup ?? '') &&
  (a.namespace ?? '') === (b.namespace ?? '')
