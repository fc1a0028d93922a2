import { corpusTests } from './corpus/corpus-tests.js'

corpusTests(0, 2)
