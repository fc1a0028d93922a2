import type { CronJob } from '../../api/batch/generated.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { KubectlError } from '../call/errors.js'
import { fetchTarget, selectResources } from '../args/resource-args.js'
import { randomSuffix } from '../objects/random-suffix.js'
import type { Generated } from './generate.js'
import { commandOf, createGenerated, nameOf, optional } from './generate.js'

/**
 * `kubectl create deployment NAME --image=IMAGE -- [COMMAND]`. Source: kubectl
 * pkg/cmd/create/create_deployment.go.
 */
export const deployment: KubectlCommand = {
  name: 'deployment',
  aliases: ['deploy'],
  run(call) {
    const { flags } = call
    const name = nameOf(call)
    const images = flags.strings('image')
    const command = commandOf(call)
    if (images.length > 1 && command.length > 0)
      throw new KubectlError('cannot specify multiple --image options and command')
    const labels = { app: name }
    const port = flags.int('port')
    const containers = images.map((image, at) => ({
      name: containerName(call, image),
      image,
      ...optional('command', command),
      ...(at === 0 && port >= 0 ? { ports: [{ containerPort: port }] } : {}),
      resources: {},
    }))
    createGenerated(
      call,
      {
        kind: 'Deployment',
        apiVersion: 'apps/v1',
        metadata: { name, labels },
        spec: {
          replicas: flags.int('replicas'),
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers } },
          strategy: {},
        },
        status: {},
      },
      'failed to create deployment:',
    )
  },
}

/**
 * The last part of an image's name, without tag and digest; made unique if it is not a valid name. Source:
 * sanitizeAndUniquify.
 */
function containerName(call: CommandLine, image: string): string {
  const name = (image.split('/').at(-1) as string).split(':')[0]?.split('@')[0] ?? ''
  return /[_.]/.test(name) ? `${name.replaceAll(/[_.]/g, '-')}-${randomSuffix(call, name)}` : name
}

/**
 * `kubectl create job NAME --image=IMAGE | --from=cronjob/NAME -- [COMMAND]`. Source: kubectl
 * pkg/cmd/create/create_job.go.
 */
export const job: KubectlCommand = {
  name: 'job',
  run(call) {
    const name = nameOf(call)
    const [image, from, command] = [call.flags.string('image'), call.flags.string('from'), commandOf(call)]
    if ((image === '') === (from === '')) throw new KubectlError('either --image or --from must be specified')
    if (command.length > 0 && from !== '') throw new KubectlError('cannot specify --from and command')
    createGenerated(
      call,
      from === '' ? imageJob(name, image, command) : cronJobJob(call, name, from),
      'failed to create job:',
    )
  },
}

function imageJob(name: string, image: string, command: readonly string[]): Generated {
  const containers = [{ name, image, ...optional('command', command), resources: {} }]
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: { name },
    spec: { template: { metadata: {}, spec: { containers, restartPolicy: 'Never' } } },
    status: {},
  }
}

/** Returns a Job that runs a CronJob now. */
function cronJobJob(call: CommandLine, name: string, from: string): Generated {
  const { targets } = selectResources(call, [from])
  const objects = targets.flatMap((target) =>
    fetchTarget(call.client, target).objects.map((object) => ({ object, definition: target.definition })),
  )
  const [first, ...more] = objects
  if (first === undefined || more.length > 0) throw new KubectlError('from must be an existing cronjob')
  if (first.definition.kind !== 'CronJob')
    throw new KubectlError(`unknown object type *${first.definition.version}.${first.definition.kind}`)
  const {
    metadata,
    spec: { jobTemplate },
  } = first.object as CronJob
  const { labels, annotations } = jobTemplate.metadata ?? {}
  return {
    kind: 'Job',
    apiVersion: 'batch/v1',
    metadata: {
      name,
      ...(labels === undefined ? {} : { labels }),
      annotations: { ...annotations, 'cronjob.kubernetes.io/instantiate': 'manual' },
      ownerReferences: [
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          name: metadata.name ?? '',
          uid: metadata.uid ?? '',
          controller: true,
        },
      ],
    },
    spec: jobTemplate.spec,
    status: {},
  }
}

/**
 * `kubectl create cronjob NAME --image=IMAGE --schedule='* * * * *' -- [COMMAND]`. Source: kubectl
 * pkg/cmd/create/create_cronjob.go.
 */
export const cronjob: KubectlCommand = {
  name: 'cronjob',
  aliases: ['cj'],
  run(call) {
    const { flags } = call
    const name = nameOf(call)
    const containers = [
      { name, image: flags.string('image'), ...optional('command', commandOf(call)), resources: {} },
    ]
    const template = {
      metadata: {},
      spec: { containers, restartPolicy: flags.string('restart') || 'OnFailure' },
    }
    createGenerated(
      call,
      {
        kind: 'CronJob',
        apiVersion: 'batch/v1',
        metadata: { name },
        spec: { schedule: flags.string('schedule'), jobTemplate: { metadata: { name }, spec: { template } } },
        status: {},
      },
      'failed to create cronjob:',
    )
  },
}
