import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Outside the repository, so that nothing is found in its node_modules. */
export const folder: string = join(tmpdir(), `simcluster-package-${process.pid}`)
/** Where the packed tarball is installed: consumer.ts. */
export const consumer: string = join(folder, 'consumer')
