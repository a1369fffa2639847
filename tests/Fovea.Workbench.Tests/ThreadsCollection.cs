namespace Fovea.Workbench.Tests;

/// <summary>Tests that set the number of threads, which is one for the process: not beside each other.</summary>
[CollectionDefinition("threads", DisableParallelization = true)]
public sealed class ThreadsCollection;
