module adapter

go 1.25

require golang.org/x/crypto v0.59.0
