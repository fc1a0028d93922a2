import type { Applied, ApplyContext } from '../apply-objects.js'
import { applyInfo } from '../apply-objects.js'
import type { Call, Command } from '../call.js'
import { groupResource } from '../kinds.js'
import { dryRunOf } from '../dry-run.js'
import { isFailure, KubectlError, throwCollected } from '../errors.js'
import { LAST_APPLIED } from '../last-applied.js'
import { readManifests } from '../manifests.js'
import { printDone } from '../print/done.js'
import { compileSelectorText } from '../../api/label-parser.js'
import { fieldValidationOf } from './field-validation.js'

/** `kubectl apply -f`: client-side, with the last applied configuration in an annotation. */
export const apply: Command = {
  name: 'apply',
  run(call) {
    if (call.args.length > 0)
      throw new KubectlError(`Unexpected args: [${call.args.join(' ')}]\nSee 'kubectl apply -h' for help and examples`)
    if (!call.flags.has('filename')) throw new KubectlError('must specify one of -f and -k')
    if (call.flags.bool('prune')) throw new KubectlError('pruning is not part of this kubectl yet')
    if (call.flags.bool('server-side')) throw new KubectlError('server-side apply is not part of this kubectl yet')
    const matches = compileSelectorText(call.flags.string('selector'))
    const { infos, errors: unreadable } = readManifests(call)
    const errors: Error[] = [...unreadable]
    const context = contextOf(call)
    for (const info of infos) {
      if (!matches(info.object.metadata.labels)) continue
      try {
        report(call, context, applyInfo(context, info))
      } catch (error) {
        if (!isFailure(error)) throw error
        errors.push(error)
      }
    }
    if (infos.length === 0 && errors.length === 0) throw new KubectlError('no objects passed to apply')
    throwCollected(errors)
  },
}

function contextOf(call: Call): ApplyContext {
  const dryRun = dryRunOf(call)
  return {
    client: call.client,
    scheme: call.env.scheme,
    dryRun,
    force: call.flags.bool('force'),
    wait: (ms) => call.env.wait(ms),
    write: {
      dryRun: dryRun === 'server',
      fieldValidation: fieldValidationOf(call),
      fieldManager: call.flags.string('field-manager', 'kubectl-client-side-apply'),
    },
  }
}

function report(call: Call, { dryRun }: ApplyContext, { definition, object, operation, annotationMissing }: Applied): void {
  if (annotationMissing) {
    call.out.errorLine(
      `Warning: resource ${groupResource(definition).split('.')[0]}/${object.metadata.name ?? ''} is missing the ${LAST_APPLIED} `
        + 'annotation which is required by kubectl apply. '
        + 'kubectl apply should only be used on resources created declaratively by either '
        + 'kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.',
    )
  }
  printDone(call, definition, object, operation, dryRun)
}
