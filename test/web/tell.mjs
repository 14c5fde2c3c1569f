// How a test of programs tells what it found: a line for each thing that was looked at, and at the end the exit code.
let failed = 0
/** @param body  throws when it is not so; a string that it gives back stands behind the name */
export const test = (name, body) => {
  try {
    const said = body()
    console.log(`ok ${name}${said ? ` (${said})` : ''}`)
  } catch (e) {
    failed++
    console.log(`not ok ${name}\n  ${e.message}`)
  }
}
export const check = (condition, sentence) => { if (!condition) throw new Error(sentence) }
export const end = () => process.exit(failed ? 1 : 0)
