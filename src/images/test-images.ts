import type { ImageDefinition, Program } from '../kubelet/index.js'
import { AGNHOST } from './agnhost/agnhost.js'
import { RESOURCE_CONSUMER } from './resource-consumer.js'
import { SAMPLE_APISERVER } from './sample-apiserver.js'

/** Prints the effective user id: root's, as the program is set-uid, unless the container may not gain it. */
const NONEWPRIVS: Program = {
  name: 'nonewprivs',
  run: ({ world, write }) => {
    const mayGain = /^NoNewPrivs:\s*0$/m.test(world.files.read('/proc/1/status'))
    write(`Effective uid: ${mayGain ? 0 : world.user.uid}\n`)
    return 0
  },
}

/** A page with a picture, and the picture's name as data. Source: test/images/nautilus and kitten. */
function picture(name: string): Omit<ImageDefinition, 'name'> {
  return {
    ...AGNHOST,
    entrypoint: ['/agnhost', 'test-webserver'],
    cmd: [],
    files: { '/data.json': `{\n    "image": "${name}.jpg"\n}\n`, [`/${name}.jpg`]: '' },
  }
}

/** Small images of Kubernetes' end-to-end tests, by the last part of their name. */
export const TEST_IMAGES: Readonly<Record<string, Omit<ImageDefinition, 'name'>>> = {
  kitten: picture('kitten'),
  nautilus: picture('nautilus'),
  // runs as somebody else than root, and succeeds
  nonroot: {
    user: '1234',
    entrypoint: ['/nonroot'],
    ports: [],
    closed: true,
    commands: { '/nonroot': { name: 'nonroot', run: () => 0 } },
  },
  'resource-consumer': RESOURCE_CONSUMER,
  'sample-apiserver': SAMPLE_APISERVER,
  nonewprivs: { user: '', entrypoint: ['/nonewprivs'], ports: [], commands: { '/nonewprivs': NONEWPRIVS } },
}
