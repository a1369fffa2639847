namespace Fovea.Tests;

/// <summary>Tests that set the number of threads; alone, as the number is everybody's.</summary>
[CollectionDefinition("threads", DisableParallelization = true)]
public sealed class ThreadsCollection;
