module slipway/lab/pause

go 1.24
