import type { Call, Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { randomSuffix } from '../suffix.js'
import { commandOf, createGenerated, nameOf, optional } from './generate.js'

/**
 * `kubectl create deployment NAME --image=IMAGE -- [COMMAND]`. Source: kubectl
 * pkg/cmd/create/create_deployment.go.
 */
export const deployment: Command = {
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
 * The last part of an image without tag and digest; made unique where it could not be a name. Source:
 * sanitizeAndUniquify.
 */
function containerName(call: Call, image: string): string {
  const name = (image.split('/').at(-1) as string).split(':')[0]?.split('@')[0] ?? ''
  return /[_.]/.test(name) ? `${name.replaceAll(/[_.]/g, '-')}-${randomSuffix(call, name)}` : name
}
