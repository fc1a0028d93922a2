import { corpusTests } from './corpus/corpus-tests.js'

corpusTests(1, 2)
