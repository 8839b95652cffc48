/** What is wrong with a template, or with what it asks of the values; the message says where. */
export class TemplateFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TemplateFault';
  }
}

/** What a function finds wrong with its arguments; whoever called it adds where that was. */
export class CallFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CallFault';
  }
}
