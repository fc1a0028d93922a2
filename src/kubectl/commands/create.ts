import { letControllersAct } from '../between-requests.js'
import { isApiError } from '../../apiserver/client/api-error.js'
import type { Call, Command } from '../call.js'
import { resourceNameOf } from '../kinds.js'
import { dryRunOf } from '../dry-run.js'
import type { DryRun } from '../dry-run.js'
import { KubectlError, throwCollected, withSource } from '../errors.js'
import { withLastApplied } from '../last-applied.js'
import { readManifests } from '../manifests.js'
import { printDone } from '../print/done.js'
import type { Info } from '../resource-args.js'
import { typed } from '../resource-args.js'
import { unversioned } from '../unversioned.js'
import { fieldValidationOf } from './field-validation.js'

/** `kubectl create -f` */
export const create: Command = {
  name: 'create',
  run(call) {
    const [what] = call.args
    if (what !== undefined)
      throw new KubectlError(`kubectl create ${what} is not part of this kubectl yet: write a manifest and use -f`)
    if (!call.flags.has('filename')) throw new KubectlError('must specify one of -f and -k')
    const dryRun = dryRunOf(call)
    const { infos, errors: unreadable } = readManifests(call)
    const errors: Error[] = [...unreadable]
    for (const info of infos) {
      try {
        createOne(call, info, dryRun)
      } catch (error) {
        if (!isApiError(error)) throw error
        errors.push(withSource('creating', info.source ?? '', error))
      }
    }
    if (infos.length === 0 && errors.length === 0) throw new KubectlError('no objects passed to create')
    throwCollected(errors)
  },
}

function createOne(call: Call, { definition, object }: Info, dryRun: DryRun): void {
  const wanted = call.flags.bool('save-config') ? withLastApplied(object) : object
  const created =
    dryRun === 'client'
      ? wanted
      : call.client.create(resourceNameOf(definition), unversioned(wanted), {
          dryRun: dryRun === 'server',
          fieldValidation: fieldValidationOf(call),
          fieldManager: call.flags.string('field-manager', 'kubectl-create'),
        })
  letControllersAct(call.env, definition, dryRun)
  printDone(call, definition, typed(definition, created), 'created', dryRun)
}
