import { quote } from '../../lang/go/quote.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { unversioned } from '../objects/creation.js'
import { propagationOf } from '../objects/cascade.js'
import { dryRunOf, dryRunSuffix } from '../call/dry-run.js'
import type { DryRun } from '../call/dry-run.js'
import {
  isFailure,
  KubectlError,
  MissingName,
  throwCollected,
  usageError,
  withSource,
} from '../call/errors.js'
import { kindName, resourceNameOf } from '../args/kinds.js'
import { LAST_APPLIED, withLastApplied } from '../apply/last-applied.js'
import { readManifests } from '../call/manifests.js'
import { printDone } from '../print/object.js'
import { sendRaw } from '../call/send-raw.js'
import type { Info } from '../args/resource-args.js'
import { keyOf, typed } from '../args/resource-args.js'
import { fieldValidationOf } from './field-validation.js'

const FIVE_MINUTES = 300_000

/** `kubectl replace -f [--force]`. Source: kubectl pkg/cmd/replace/replace.go. */
export const replace: KubectlCommand = {
  name: 'replace',
  run(call) {
    const { flags, args } = call
    if (flags.bool('force') && dryRunOf(call) !== 'none')
      throw new KubectlError('--dry-run can not be used when --force is set')
    if (flags.int('grace-period') >= 0 && !flags.bool('force'))
      throw new KubectlError('--grace-period must have --force specified')
    if (flags.duration('timeout') !== 0 && !flags.bool('force'))
      throw new KubectlError('--timeout must have --force specified')
    if (!flags.has('filename') && flags.string('kustomize') === '')
      throw new KubectlError('must specify one of -f and -k')
    if (args.length > 0) throw usageError('replace', `Unexpected args: [${args.join(' ')}]`)
    const raw = flags.string('raw')
    if (raw !== '') return sendRaw(call, 'PUT', raw)
    const dryRun = dryRunOf(call)
    const { infos, errors: unreadable } = readManifests(call)
    const errors: Error[] = [...unreadable]
    const attempt = (verb: string, info: Info, work: () => void): void => {
      try {
        work()
      } catch (error) {
        if (!isFailure(error)) throw error
        errors.push(
          verb !== '' && (isApiError(error) || error instanceof MissingName)
            ? withSource(verb, info.source ?? '', error)
            : error,
        )
      }
    }
    if (flags.bool('force')) {
      for (const info of infos) attempt('deleting', info, () => deleteFirst(call, info))
      throwCollected(errors)
      for (const info of infos) attempt('', info, () => createAgain(call, info))
    } else for (const info of infos) attempt('replacing', info, () => replaceOne(call, info, dryRun))
    throwCollected(errors)
    if (infos.length === 0) throw new KubectlError('no objects passed to replace')
  },
}

function replaceOne(call: CommandLine, info: Info, dryRun: DryRun): void {
  const { definition } = info
  const resource = resourceNameOf(definition)
  const object = configured(call, info.object)
  const subresource = call.flags.string('subresource')
  if (info.name === '') throw new MissingName('resource name may not be empty')
  if (dryRun === 'client') return printDone(call, definition, object, 'replaced', dryRun)
  const version = object.metadata.resourceVersion ?? presentVersion(call, info)
  const wanted =
    version === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion: version } }
  const result = call.client.update(resource, wanted, {
    dryRun: dryRun === 'server',
    fieldManager: call.flags.string('field-manager'),
    fieldValidation: fieldValidationOf(call),
    ...(subresource === '' ? {} : { subresource }),
  })
  printDone(call, definition, typed(definition, result), 'replaced', dryRun)
}

/**
 * Reads the version that is replaced. The object is sent even if reading fails. Source: cli-runtime
 * resource/helper.go.
 */
function presentVersion(call: CommandLine, info: Info): string | undefined {
  try {
    return call.client.get(resourceNameOf(info.definition), keyOf(info)).metadata.resourceVersion
  } catch (error) {
    if (isApiError(error)) return undefined
    throw error
  }
}

/**
 * Updates the last applied configuration of an object that has one. Source: util.CreateOrUpdateAnnotation.
 */
function configured(call: CommandLine, object: KubeObject): KubeObject {
  return call.flags.bool('save-config') || object.metadata.annotations?.[LAST_APPLIED] !== undefined
    ? withLastApplied(object)
    : object
}

function deleteFirst(call: CommandLine, info: Info): void {
  const { flags, client, env, out, release } = call
  const { definition, name, namespace } = info
  const resource = resourceNameOf(definition)
  const asked = flags.int('grace-period')
  const grace = asked === 0 ? 1 : asked
  const propagationPolicy = propagationOf(call)
  const gone = ignoreNotFound(() =>
    client.delete(resource, keyOf(info), {
      propagationPolicy,
      ...(grace < 0 ? {} : { gracePeriodSeconds: grace }),
    }),
  )
  if (gone === undefined) return
  const from = release.namesNamespaceOnDelete && namespace !== undefined ? ` from ${namespace} namespace` : ''
  out.line(`${kindName(definition)} ${quote(name)} deleted${from}${dryRunSuffix('none')}`)
  const isGone = (): boolean => ignoreNotFound(() => client.get(resource, keyOf(info))) === undefined
  if (!isGone() && !env.until(isGone, flags.duration('timeout') || FIVE_MINUTES))
    throw new KubectlError('timed out waiting for the condition')
}

function createAgain(call: CommandLine, info: Info): void {
  const { definition } = info
  const wanted = unversioned(configured(call, info.object))
  const created = call.client.create(resourceNameOf(definition), wanted, {
    fieldManager: call.flags.string('field-manager'),
    fieldValidation: fieldValidationOf(call),
  })
  printDone(call, definition, typed(definition, created), 'replaced', 'none')
}
