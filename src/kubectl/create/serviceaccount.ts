import type { Command } from '../call.js'
import { createGenerated, nameOf } from './generate.js'

/** `kubectl create serviceaccount NAME`. Source: kubectl pkg/cmd/create/create_serviceaccount.go. */
export const serviceaccount: Command = {
  name: 'serviceaccount',
  aliases: ['sa'],
  run(call) {
    createGenerated(
      call,
      { kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name: nameOf(call) } },
      'failed to create serviceaccount:',
    )
  },
}
