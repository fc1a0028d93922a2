import './style.css'
import { App } from './app.js'

await App.start()
document.documentElement.dataset['ready'] = 'true'
