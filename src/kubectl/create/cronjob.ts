import type { Command } from '../call.js'
import { commandOf, createGenerated, nameOf, optional } from './generate.js'

/**
 * `kubectl create cronjob NAME --image=IMAGE --schedule='* * * * *' -- [COMMAND]`. Source: kubectl
 * pkg/cmd/create/create_cronjob.go.
 */
export const cronjob: Command = {
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
