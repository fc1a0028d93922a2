import { quote } from '../../lang/go/quote.js'
import type { Pod } from '../../api/core/generated.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { ignoreNotFound } from '../../client/api-error.js'
import { attachTo } from './attach.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import type { Generated } from '../create/generate.js'
import { labelsOf, optional } from '../create/generate.js'
import { overridden } from '../create/overrides.js'
import { propagationOf } from '../objects/cascade.js'
import { dryRunOf } from '../call/dry-run.js'
import type { DryRun } from '../call/dry-run.js'
import { KubectlError, SilentExit, usageError } from '../call/errors.js'
import { kindOfObject, resourceNameOf } from '../args/kinds.js'
import { withLastApplied } from '../apply/last-applied.js'
import { checkImage } from '../args/image-name.js'
import { printTyped, printMade } from '../print/object.js'
import { typed } from '../args/resource-args.js'

interface PodKey {
  readonly namespace: string
  readonly name: string
}

const POLICIES: ReadonlySet<string> = new Set(['Always', 'OnFailure', 'Never'])
const PULLS: ReadonlySet<string> = new Set(['Always', 'IfNotPresent', 'Never'])

/** `kubectl run NAME --image=IMAGE [-i] [--rm] [--expose] [-- ARGS]`. Source: kubectl pkg/cmd/run/run.go. */
export const run: KubectlCommand = {
  name: 'run',
  run(call) {
    const { flags, args, dash } = call
    const [name] = args
    if (name === undefined || dash === 0) throw usageError('run', 'NAME is required for run')
    const image = flags.string('image')
    if (image === '') throw new KubectlError('--image is required')
    propagationOf(call)
    checkImage(image, `Invalid image name ${quote(image)}`)
    const dryRun = dryRunOf(call)
    const attaches = attachesIn(call)
    check(call, attaches, dryRun)
    const pod = podFor(call, name, args.slice(1))
    const wanted = made(call, pod)
    const created = send(call, wanted, dryRun)
    if (flags.bool('expose')) {
      const labels = (wanted.metadata.labels ?? {}) as Readonly<Record<string, string>>
      const service = made(call, serviceFor(name, flags.string('port'), labels), false)
      show(call, send(call, service, dryRun), dryRun)
      if (flags.string('output') === 'yaml') call.out.line('---')
    }
    if (attaches) attach(call, created as Pod)
    else show(call, created, dryRun)
  },
}

const attachesIn = ({ flags }: CommandLine): boolean =>
  flags.has('attach') ? flags.bool('attach') : flags.bool('stdin') || flags.bool('tty')

function check({ flags }: CommandLine, attaches: boolean, dryRun: DryRun): void {
  if (flags.bool('tty') && !flags.bool('stdin'))
    throw usageError('run', '-i/--stdin is required for containers with -t/--tty=true')
  if (flags.bool('expose') && flags.string('port') === '')
    throw usageError('run', '--port must be set when exposing a service')
  if (dryRun !== 'none' && attaches)
    throw usageError(
      'run',
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, " +
        'or --tty)',
    )
  if (flags.bool('rm') && !attaches)
    throw usageError('run', '--rm should only be used for attached containers')
  const pulls = flags.string('image-pull-policy')
  if (pulls !== '' && !PULLS.has(pulls)) throw usageError('run', `invalid image pull policy: ${pulls}`)
  const policy = flags.string('restart')
  if (!POLICIES.has(policy)) throw usageError('run', `invalid restart policy: ${policy}`)
}

function podFor(call: CommandLine, name: string, words: readonly string[]): Generated {
  const { flags } = call
  const labels = flags.string('labels') === '' ? { run: name } : labelsOf(flags.string('labels'))
  const [stdin, tty] = [flags.bool('stdin'), flags.bool('tty')]
  const port = flags.string('port')
  const policy = flags.string('restart')
  const container = {
    name,
    image: flags.string('image'),
    ...optional(flags.bool('command') ? 'command' : 'args', words),
    ...(port === '' ? {} : { ports: [{ containerPort: portNumber(port) }] }),
    ...optional('env', flags.strings('env').map(variable)),
    resources: {},
    ...optional('imagePullPolicy', flags.string('image-pull-policy')),
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
    ...optional('stdin', stdin),
    ...optional('stdinOnce', stdin && !flags.bool('leave-stdin-open')),
    ...optional('tty', tty),
  }
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, labels, ...optional('annotations', annotationsOf(call)) },
    spec: { containers: [container], restartPolicy: policy, dnsPolicy: 'ClusterFirst' },
    status: {},
  }
}

function portNumber(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new KubectlError(`strconv.Atoi: parsing ${quote(text)}: invalid syntax`)
  return Number(text)
}

function variable(text: string): { readonly name: string; readonly value: string } {
  const at = text.indexOf('=')
  if (at <= 0) throw new KubectlError(`invalid env: ${text}`)
  return { name: text.slice(0, at), value: text.slice(at + 1) }
}

function annotationsOf({ flags }: CommandLine): Readonly<Record<string, string>> {
  return Object.fromEntries(
    flags.strings('annotations').map((text) => {
      const at = text.indexOf('=')
      if (at <= 0) throw new KubectlError(`invalid annotation format: ${text}`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

function serviceFor(name: string, text: string, selector: Readonly<Record<string, string>>): Generated {
  const port = portNumber(text)
  return {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { name },
    spec: { ports: [{ protocol: 'TCP', port, targetPort: port }], selector },
    status: { loadBalancer: {} },
  }
}

function made(call: CommandLine, generated: Generated, takesOverrides = true): KubeObject {
  const { name, ...rest } = generated.metadata
  const placed = {
    ...generated,
    metadata: { name, ...(call.namespaceGiven ? { namespace: call.namespace } : {}), ...rest },
  } as unknown as KubeObject
  const definition = call.env.scheme.ofObject(generated.apiVersion, generated.kind)
  const result = takesOverrides && definition !== undefined ? overridden(call, definition, placed) : placed
  return call.flags.bool('save-config') ? withLastApplied(result, true) : result
}

function send(call: CommandLine, object: KubeObject, dryRun: DryRun): KubeObject {
  const definition = kindOfObject(call.env.scheme, object)
  if (dryRun === 'client') return object
  const placed = {
    ...object,
    metadata: { ...object.metadata, namespace: object.metadata.namespace ?? call.namespace },
  }
  const options = { dryRun: dryRun === 'server', fieldManager: call.flags.string('field-manager') }
  return typed(definition, call.client.create(resourceNameOf(definition), placed, options))
}

function show(call: CommandLine, object: KubeObject, dryRun: DryRun): void {
  const definition = kindOfObject(call.env.scheme, object)
  if (dryRun === 'client') printMade(call, definition, object, 'created')
  else printTyped(call, definition, object, 'created', dryRun)
}

/**
 * Waits for the container, shows its output, deletes the pod with `--rm`, and exits as the pod of a policy
 * other than Always ended.
 */
function attach(call: CommandLine, pod: Pod): void {
  const { flags } = call
  const key = { namespace: pod.metadata.namespace ?? call.namespace, name: pod.metadata.name ?? '' }
  let ended: Pod | undefined
  try {
    const isOver = attachTo(call, key, pod.spec.containers[0]?.name ?? '', {
      stdin: flags.bool('stdin'),
      timeout: flags.duration('pod-running-timeout'),
      isQuiet: flags.bool('quiet'),
    })
    const wantsExitCode = !flags.bool('leave-stdin-open') && pod.spec.restartPolicy !== 'Always'
    if (isOver && wantsExitCode) ended = endOf(call, key, pod.spec.restartPolicy === 'OnFailure')
  } finally {
    if (flags.bool('rm')) remove(call, key)
  }
  if (ended !== undefined) exitAsPod(call, ended)
}

/**
 * Waits until the pod has ended, or succeeded if a failure would restart it. Throws KubectlError, ApiError.
 * Source: kubectl pkg/cmd/run/run.go waitForPod, podCompleted, podSucceeded.
 */
function endOf({ client, env, flags }: CommandLine, key: PodKey, restarts: boolean): Pod {
  const isOver = (): boolean => {
    const { phase } = client.get('pods', key).status
    return phase === 'Succeeded' || (!restarts && phase === 'Failed')
  }
  if (!isOver() && !env.until(isOver, flags.duration('pod-running-timeout')))
    throw new KubectlError('timed out waiting for the condition')
  return client.get('pods', key)
}

/** Exits with the exit code of the first container of a failed pod. Throws KubectlError, SilentExit. */
function exitAsPod({ out }: CommandLine, { metadata, status }: Pod): void {
  if (status.phase !== 'Failed') return
  const name = `pod ${metadata.namespace}/${metadata.name}`
  const { exitCode = 0, reason = '', message = '' } = status.containerStatuses?.[0]?.state?.terminated ?? {}
  if (exitCode === 0) throw new KubectlError(`${name} failed with unknown exit code`)
  out.errorLine(`${name} terminated (${reason})`)
  if (message !== '') out.error(message.endsWith('\n') ? message : `${message}\n`)
  throw new SilentExit(exitCode)
}

function remove({ client, env, flags, out, release }: CommandLine, key: PodKey): void {
  ignoreNotFound(() => client.delete('pods', key, { propagationPolicy: 'Background' }))
  const from = release.namesNamespaceOnDelete ? ` from ${key.namespace} namespace` : ''
  if (!flags.bool('quiet')) out.line(`pod ${quote(key.name)} deleted${from}`)
  env.until(() => ignoreNotFound(() => client.get('pods', key)) === undefined, 300_000)
}
