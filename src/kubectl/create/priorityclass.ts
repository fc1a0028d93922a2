import type { Command } from '../call.js'
import { createGenerated, nameOf, optional } from './generate.js'

/** `kubectl create priorityclass NAME --value=N`. Source: kubectl pkg/cmd/create/create_priorityclass.go. */
export const priorityclass: Command = {
  name: 'priorityclass',
  aliases: ['pc'],
  run(call) {
    const { flags } = call
    createGenerated(
      call,
      {
        kind: 'PriorityClass',
        apiVersion: 'scheduling.k8s.io/v1',
        metadata: { name: nameOf(call) },
        value: flags.int('value'),
        ...optional('globalDefault', flags.bool('global-default')),
        ...optional('description', flags.string('description')),
        preemptionPolicy: flags.string('preemption-policy'),
      },
      'failed to create priorityclass:',
    )
  },
}
