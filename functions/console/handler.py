"""The Lambda entry of console: a web page on request, not a fire, because nobody expects it at any hour."""

from console.work import answer

handler = answer
