import { pageNotFound } from '../answers.js'
import type { PathHandler } from '../path-handler.js'

/** `/openapi/v2` */
export const answerOpenApiV2: PathHandler = () => pageNotFound()

/** `/openapi/v3` */
export const answerOpenApiV3: PathHandler = () => pageNotFound()
