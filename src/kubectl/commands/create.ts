import { isApiError } from '../../client/api-error.js'
import { letControllersAct, unversioned } from '../objects/creation.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { configmap, secret } from '../create/config-data.js'
import { cronjob, deployment, job } from '../create/workloads.js'
import { ingress, service } from '../create/networking.js'
import { namespace, pdb, priorityclass, quota } from '../create/policies.js'
import {
  clusterrole,
  clusterrolebinding,
  role,
  rolebinding,
  serviceaccount,
  token,
} from '../create/access.js'
import { dryRunOf } from '../call/dry-run.js'
import type { DryRun } from '../call/dry-run.js'
import { editNew } from './edit.js'
import { KubectlError, throwCollected, usageError, withSource } from '../call/errors.js'
import { resourceNameOf } from '../args/kinds.js'
import { withLastApplied } from '../apply/last-applied.js'
import { readManifests } from '../call/manifests.js'
import { printDone } from '../print/object.js'
import { sendRaw } from '../call/send-raw.js'
import type { Info } from '../args/resource-args.js'
import { typed } from '../args/resource-args.js'
import { compileSelectorText } from '../../api/selectors/label-parser.js'
import { fieldValidationOf } from './field-validation.js'

/** `kubectl create -f`, and the generators below it. Source: kubectl pkg/cmd/create/create.go. */
export const create: KubectlCommand = {
  name: 'create',
  commands: [
    namespace,
    quota,
    secret,
    configmap,
    serviceaccount,
    service,
    deployment,
    clusterrole,
    clusterrolebinding,
    role,
    rolebinding,
    pdb,
    priorityclass,
    job,
    cronjob,
    ingress,
    token,
  ],
  run(call) {
    if (call.args.length > 0) throw usageError('create', `Unexpected args: [${call.args.join(' ')}]`)
    if (!call.flags.has('filename') && call.flags.string('kustomize') === '')
      throw new KubectlError('must specify one of -f and -k')
    const raw = call.flags.string('raw')
    if (raw !== '') return sendRaw(call, 'POST', raw)
    const dryRun = dryRunOf(call)
    const matches = compileSelectorText(call.flags.string('selector'))
    const { infos: all, errors: unreadable } = readManifests(call)
    const infos = all.filter(({ object }) => matches(object.metadata.labels))
    const errors: Error[] = [...unreadable]
    for (const info of call.flags.bool('edit') ? editNew(call, infos) : infos) {
      try {
        createOne(call, info, dryRun)
      } catch (error) {
        if (!isApiError(error) && !(error instanceof KubectlError)) throw error
        errors.push(withSource('creating', info.source ?? '', error))
      }
    }
    if (infos.length === 0 && errors.length === 0) throw new KubectlError('no objects passed to create')
    throwCollected(errors)
  },
}

function createOne(call: CommandLine, { definition, object }: Info, dryRun: DryRun): void {
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
